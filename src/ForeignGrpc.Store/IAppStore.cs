using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Stores applications. Every method may throw <see cref="StoreException"/>.</summary>
public interface IAppStore
{
    /// <summary>Finds an application by id; null when there is none.</summary>
    ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken);

    /// <summary>Finds an application by name, compared exactly; null when there is none.</summary>
    ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates or updates an application, and adds, updates or deletes its given devices, in one transaction.</summary>
    /// <returns>The application as stored, with all its devices.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: an id other than 0 belongs to no application or device.
    /// <see cref="StoreError.AlreadyExists"/>: another application has the new name. <see cref="StoreError.ChangedSince"/>: the
    /// precondition fails.</exception>
    Task<StoredApp> SaveAppAsync(AppSave app, Author author, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Computes a change from the stored application and saves it. If others change the application meanwhile, it reads,
    /// computes and saves again, up to 100 times.</summary>
    /// <param name="id">The id of the application.</param>
    /// <param name="change">Computes what to save from the stored application; null saves nothing. The id stays. The function may run more
    /// than once, so it must change nothing by itself. It runs outside the transaction. Its exceptions reach the caller; then nothing is
    /// changed.</param>
    /// <param name="author">The person who saves.</param>
    /// <param name="precondition">A condition on the stored application.</param>
    /// <param name="cancellationToken">Withdraws the change while it waits in the queue.</param>
    /// <exception cref="StoreException">As <see cref="SaveAppAsync"/>. <see cref="StoreError.Contended"/>: others changed the
    /// application each time.</exception>
    Task<StoredApp> ChangeAppAsync(
        int id, Func<StoredApp, ValueTask<AppSave?>> change, Author author, Precondition precondition, CancellationToken cancellationToken);

    /// <summary>Deletes an application with its devices and their keys. When this returns no read or write finds them, and the name is
    /// free. Their rows are removed later in small steps. A missing application is no error.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ChangedSince"/>: the precondition fails.</exception>
    Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken);
}
