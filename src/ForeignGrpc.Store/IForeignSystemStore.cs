using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Everything the service keeps. Disposing it carries out what is queued, then closes the database.</summary>
public interface IForeignSystemStore : IAppStore, IDeviceStore, IKeyStore, IListStore, IUserStore, ITicketStore, IAsyncDisposable
{
    /// <summary>Returns when both reads and writes are answered; else throws <see cref="StoreException"/>.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
