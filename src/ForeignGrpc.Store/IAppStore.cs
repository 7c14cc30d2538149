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

    /// <summary>Changes an application by what it is now, in one transaction.</summary>
    /// <param name="id">The application.</param>
    /// <param name="change">What to save, by what is stored; the id stays. Null saves nothing. It runs within the transaction, perhaps more than once:
    /// it must be quick and do nothing else. What it throws ends the transaction and reaches the caller.</param>
    /// <param name="by">Full name of the user who saves.</param>
    /// <param name="precondition">What must hold of the application as it is now.</param>
    /// <param name="cancellationToken">Withdraws the change while it waits in the queue.</param>
    /// <exception cref="StoreException">As <see cref="SaveAppAsync"/>.</exception>
    Task<StoredApp> ChangeAppAsync(
        int id, Func<StoredApp, AppSave?> change, string by, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Deletes an application with its devices and their keys: from one moment on no read or write finds them, and the name is free. Their rows are
    /// removed afterwards in small steps. An application that does not exist is no error.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ChangedSince"/>: the precondition fails.</exception>
    Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken);
}
