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
    Task<StoredApp> SaveAppAsync(AppSave app, Author author, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Changes an application by what it is now: reads it, computes, and saves in one transaction if nothing was changed in
    /// between; else again.</summary>
    /// <param name="id">The application.</param>
    /// <param name="change">What to save, by what is stored; the id stays. Null saves nothing. It may run more than once and does nothing
    /// else. What it throws reaches the caller; nothing is changed then.</param>
    /// <param name="author">Who saves.</param>
    /// <param name="precondition">What must hold of the application as it is now.</param>
    /// <param name="cancellationToken">Withdraws the change while it waits in the queue.</param>
    /// <exception cref="StoreException">As <see cref="SaveAppAsync"/>. <see cref="StoreError.Unavailable"/>: others changed it each
    /// time.</exception>
    Task<StoredApp> ChangeAppAsync(
        int id, Func<StoredApp, AppSave?> change, Author author, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Deletes an application with its devices and their keys: from one moment on no read or write finds them, and the name is
    /// free. Their rows are removed afterwards in small steps. An application that does not exist is no error.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ChangedSince"/>: the precondition fails.</exception>
    Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken);
}
