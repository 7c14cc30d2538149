namespace ForeignGrpc.Store.Model;

/// <summary>What to save of an application.</summary>
/// <param name="Id">The application to update; 0 to create it, or take the one of that name.</param>
/// <param name="Name">Its name, not blank.</param>
/// <param name="Devices">Devices to add or update. Others stay as they are.</param>
/// <param name="RemovedDevices">Ids of devices to delete with their keys; null for none.</param>
public sealed record AppSave(int Id, string Name, IReadOnlyList<DeviceSave> Devices, IReadOnlyList<int>? RemovedDevices = null);
