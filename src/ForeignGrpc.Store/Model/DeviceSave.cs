namespace ForeignGrpc.Store.Model;

/// <summary>The changes to save of a device of an application.</summary>
/// <param name="Id">The id of the device to update. 0 finds the device of that name and identifier, or creates it.</param>
/// <param name="Name">The name. Null keeps the name, and requires an id.</param>
/// <param name="Identifier">The identifier. Null keeps the identifier; for a new device it means blank.</param>
public sealed record DeviceSave(int Id, string? Name, string? Identifier);
