using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Everything that the service stores. Disposing it carries out the queued work, then closes the database.</summary>
public interface IForeignSystemStore : IAppStore, IDeviceStore, IKeyStore, IListStore, IUserStore, ITicketStore, IAsyncDisposable
{
    /// <summary>Checks that the database answers a read and a write.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/> and others: it does not.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
