using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Keeps tickets, by the SHA-256 hash of their secrets. Every method may throw <see cref="StoreException"/>.</summary>
public interface ITicketStore
{
    /// <summary>
    /// Adds a ticket, in one transaction with a look at whether its user may still have one. Ends the least recently used of the user's
    /// tickets above the number that may be kept, and deletes a few tickets of everyone that have expired: at most
    /// <see cref="NewTicket.MostDeleted"/> of each, so that it never takes long.
    /// </summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="cancellationToken">Withdraws it while it waits in the queue.</param>
    /// <returns>
    /// The ticket as stored; null when there is no such user, the user is disabled or has another password, or the ticket that asks has
    /// ended.
    /// </returns>
    Task<StoredTicket?> AddTicketAsync(NewTicket ticket, CancellationToken cancellationToken);

    /// <summary>Finds a ticket with its user as that is now, expired or not; null when there is none.</summary>
    ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>Lets a ticket expire later. One that is not there any more stays gone.</summary>
    Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>The newest of a user's tickets that have not expired, the newest first.</summary>
    ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, int atMost, CancellationToken cancellationToken);

    /// <summary>Ends a ticket of a user. One that is not there, or another's, is fine and stays.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken);
}
