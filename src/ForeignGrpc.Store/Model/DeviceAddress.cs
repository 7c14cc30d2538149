namespace ForeignGrpc.Store.Model;

/// <summary>Names a device: application, device and identifier, compared exactly.</summary>
/// <param name="Application">Name of the foreign application.</param>
/// <param name="Device">Name of the device within the application.</param>
/// <param name="Identifier">Tells devices of one name apart; blank is an identifier of its own. Null, in reads only, matches any.</param>
public sealed record DeviceAddress(string Application, string Device, string? Identifier);
