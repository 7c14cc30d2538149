using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Keeps devices. Every method may throw <see cref="StoreException"/>.</summary>
public interface IDeviceStore
{
    /// <summary>Finds a device by id; null when there is none.</summary>
    ValueTask<StoredDevice?> FindDeviceAsync(int id, CancellationToken cancellationToken);

    /// <summary>Finds a device; with a null identifier the oldest of the name. Null when there is none.</summary>
    ValueTask<StoredDevice?> FindDeviceAsync(DeviceAddress address, CancellationToken cancellationToken);

    /// <summary>Creates a device or takes the one that is there, and gives it the new name and identifier where they are given;
    /// a missing application is created too. In one transaction.</summary>
    /// <param name="address">The device as it is now; its identifier is not null.</param>
    /// <param name="newName">What it shall be named; null keeps the name.</param>
    /// <param name="newIdentifier">What shall identify it; null keeps the identifier.</param>
    /// <param name="author">Who saves.</param>
    /// <param name="cancellationToken">Withdraws the save while it waits in the queue.</param>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>: another device has that name and identifier.</exception>
    Task<StoredDevice> SaveDeviceAsync(
        DeviceAddress address, string? newName, string? newIdentifier, Author author, CancellationToken cancellationToken);

    /// <summary>Creates or updates a device under an application, which is created when it is missing. In one transaction.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: the application has no device of an id that is not 0.
    /// <see cref="StoreError.AlreadyExists"/>: another device has that name and identifier.</exception>
    Task<StoredDevice> SaveDeviceAsync(string application, DeviceSave device, Author author, CancellationToken cancellationToken);

    /// <summary>Deletes a device with its keys: from one moment on no read or write finds them, and the name is free. Their rows are
    /// removed afterwards in small steps. A device that does not exist is no error.</summary>
    Task DeleteDeviceAsync(DeviceAddress address, CancellationToken cancellationToken);

    /// <summary>The same for a device of the application by its id.</summary>
    Task DeleteDeviceAsync(string application, int id, CancellationToken cancellationToken);
}
