namespace ForeignGrpc.Store.Model;

/// <summary>The names that identify a key.</summary>
/// <param name="Device">The device of the key.</param>
/// <param name="Record">The record that the key refers to.</param>
/// <param name="Name">The name of the key, compared exactly.</param>
public sealed record KeyAddress(DeviceAddress Device, RecordRef Record, string Name);
