namespace ForeignGrpc.Store.Model;

/// <summary>A stored application.</summary>
/// <param name="Id">The id. No other application ever gets the same one.</param>
/// <param name="Name">The name.</param>
/// <param name="Created">When and by whom the application was first saved.</param>
/// <param name="Updated">When and by whom the application was last saved. Devices have stamps of their own.</param>
/// <param name="Devices">The devices, the oldest first.</param>
/// <param name="Version">A number that grows with each change of the application or of its devices.</param>
public sealed record StoredApp(
    int Id, string Name, AuditStamp Created, AuditStamp Updated, IReadOnlyList<StoredDevice> Devices, long Version = 0);
