using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Keeps tickets, by the SHA-256 hash of their secrets. Every method may throw <see cref="StoreException"/>.</summary>
public interface ITicketStore
{
    /// <summary>Adds a ticket of a user, and forgets those of everyone that have expired.</summary>
    /// <param name="user">The user's login name.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="secretHash">32 bytes, by which it is found.</param>
    /// <param name="expires">From when on it is not valid.</param>
    /// <param name="cancellationToken">Withdraws it while it waits in the queue.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: there is no such user, or none that is not disabled.</exception>
    Task<StoredTicket> AddTicketAsync(
        string user, TicketKind kind, byte[] secretHash, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Finds a ticket with its user as that is now, expired or not; null when there is none.</summary>
    ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>Lets a ticket expire later. One that is not there any more stays gone.</summary>
    Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>A user's tickets that have not expired, the newest first.</summary>
    ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, CancellationToken cancellationToken);

    /// <summary>Ends a ticket of a user. One that is not there, or another's, is fine and stays.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken);
}
