namespace ForeignGrpc.Store.Model;

/// <summary>An application as it is stored, with its devices, the oldest first.</summary>
public sealed record StoredApp(int Id, string Name, Stamp Created, Stamp Updated, IReadOnlyList<StoredDevice> Devices);
