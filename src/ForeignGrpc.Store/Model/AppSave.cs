namespace ForeignGrpc.Store.Model;

/// <summary>The changes to save of an application.</summary>
/// <param name="Id">The id of the application to update. 0 finds the application of that name, or creates it.</param>
/// <param name="Name">The name; not blank.</param>
/// <param name="Devices">The devices to add or update. Other devices stay as they are.</param>
/// <param name="RemovedDevices">The ids of devices to delete with their keys; null for none.</param>
public sealed record AppSave(int Id, string Name, IReadOnlyList<DeviceSave> Devices, IReadOnlyList<int>? RemovedDevices = null);
