using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Stores devices. Every method may throw <see cref="StoreException"/>.</summary>
public interface IDeviceStore
{
    /// <summary>Finds a device by id; null when there is none.</summary>
    ValueTask<StoredDevice?> FindDeviceAsync(int id, CancellationToken cancellationToken);

    /// <summary>Finds a device by its names; null when there is none. A null identifier finds the oldest device of the name.</summary>
    ValueTask<StoredDevice?> FindDeviceAsync(DeviceAddress address, CancellationToken cancellationToken);

    /// <summary>Finds or creates a device and its application, and renames the device, in one transaction.</summary>
    /// <param name="address">The names of the device before the change; the identifier is not null.</param>
    /// <param name="newName">The new name; null keeps the name.</param>
    /// <param name="newIdentifier">The new identifier; null keeps the identifier.</param>
    /// <param name="author">The person who saves.</param>
    /// <param name="cancellationToken">Withdraws the save while it waits in the queue.</param>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>: another device has that name and identifier.</exception>
    Task<StoredDevice> SaveDeviceAsync(
        DeviceAddress address, string? newName, string? newIdentifier, Author author, CancellationToken cancellationToken);

    /// <summary>Creates or updates a device, and creates its application when it is missing, in one transaction.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: the id is not 0, and no device of the application has it.
    /// <see cref="StoreError.AlreadyExists"/>: another device has that name and identifier.</exception>
    Task<StoredDevice> SaveDeviceAsync(string application, DeviceSave device, Author author, CancellationToken cancellationToken);

    /// <summary>Deletes a device with its keys. When this returns no read or write finds them, and the name is free. Their rows are
    /// removed later in small steps. A missing device is no error.</summary>
    Task DeleteDeviceAsync(DeviceAddress address, CancellationToken cancellationToken);

    /// <summary>Deletes a device of the application by its id, in the same way.</summary>
    Task DeleteDeviceAsync(string application, int id, CancellationToken cancellationToken);
}
