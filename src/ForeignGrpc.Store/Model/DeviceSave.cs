namespace ForeignGrpc.Store.Model;

/// <summary>What to save of a device under an application.</summary>
/// <param name="Id">The device to rename or re-identify; 0 to create it, or take the one of that name and identifier.</param>
/// <param name="Name">Its name; null keeps the one it has, which is only possible with an id.</param>
/// <param name="Identifier">Its identifier; null keeps the one it has, or is blank for a new device.</param>
public sealed record DeviceSave(int Id, string? Name, string? Identifier);
