namespace ForeignGrpc.Store.Model;

/// <summary>A stored device.</summary>
/// <param name="Id">The id. No other device ever gets the same one.</param>
/// <param name="AppId">The id of the application.</param>
/// <param name="Name">The name.</param>
/// <param name="Identifier">The identifier; may be blank.</param>
/// <param name="Created">When and by whom the device was first saved.</param>
/// <param name="Updated">When and by whom the device was last saved.</param>
public sealed record StoredDevice(int Id, int AppId, string Name, string Identifier, AuditStamp Created, AuditStamp Updated);
