namespace ForeignGrpc.Store.Model;

/// <summary>What identifies a key: its device, the record it refers to, and its name.</summary>
public sealed record KeyAddress(DeviceAddress Device, RecordRef Record, string Name);
