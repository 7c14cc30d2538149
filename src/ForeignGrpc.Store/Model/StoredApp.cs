namespace ForeignGrpc.Store.Model;

/// <summary>An application as it is stored.</summary>
/// <param name="Id">Its number, which no other application ever has.</param>
/// <param name="Name">Its name.</param>
/// <param name="Created">When and by whom it was first saved.</param>
/// <param name="Updated">When and by whom it was last saved; devices have dates of their own.</param>
/// <param name="Devices">Its devices, the oldest first.</param>
/// <param name="Version">Another number after each change of the application or of its devices.</param>
public sealed record StoredApp(
    int Id, string Name, AuditStamp Created, AuditStamp Updated, IReadOnlyList<StoredDevice> Devices, long Version = 0);
