namespace ForeignGrpc.Store.Model;

/// <summary>A device as it is stored.</summary>
public sealed record StoredDevice(int Id, int AppId, string Name, string Identifier, AuditStamp Created, AuditStamp Updated);
