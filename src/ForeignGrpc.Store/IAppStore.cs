using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Keeps applications. Every method may throw <see cref="StoreException"/>.</summary>
public interface IAppStore
{
    /// <summary>Finds an application by id; null when there is none.</summary>
    ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken);

    /// <summary>Finds an application by name, compared exactly; null when there is none.</summary>
    ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates or updates an application, and adds or updates the devices given with it, in one transaction.</summary>
    /// <returns>The application as stored, with all its devices.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: no application or device of an id that is not 0.
    /// <see cref="StoreError.AlreadyExists"/>: the new name is another's. <see cref="StoreError.ChangedSince"/>: the
    /// precondition fails.</exception>
    Task<StoredApp> SaveAppAsync(AppSave app, string by, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Deletes an application with its devices and their keys, in one transaction. One that is not there is fine.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ChangedSince"/>: the precondition fails.</exception>
    Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken);
}
