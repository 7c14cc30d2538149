namespace ForeignGrpc.Store.Model;

/// <summary>The names that identify a device. All three are compared exactly.</summary>
/// <param name="Application">The name of the application.</param>
/// <param name="Device">The name of the device within the application.</param>
/// <param name="Identifier">Tells devices of one name apart; blank is an identifier too. Null, in reads only, matches any.</param>
public sealed record DeviceAddress(string Application, string Device, string? Identifier);
