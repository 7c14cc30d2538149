using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Stores tickets by the SHA-256 hash of their secrets. Every method may throw <see cref="StoreException"/>.</summary>
public interface ITicketStore
{
    /// <summary>
    /// Checks that the user may have a ticket, and adds it, in one transaction. If the user then has too many tickets, it deletes the least
    /// recently used ones. It also deletes expired tickets of all users. It deletes at most <see cref="NewTicket.MostDeleted"/> of each.
    /// </summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="cancellationToken">Withdraws the ticket while it waits in the queue.</param>
    /// <returns>
    /// The ticket as stored; null when the user does not exist, is disabled or has another password, or the ticket that the user
    /// authenticated with has ended.
    /// </returns>
    Task<StoredTicket?> AddTicketAsync(NewTicket ticket, CancellationToken cancellationToken);

    /// <summary>Finds a ticket, expired or not, with its user as stored now; null when there is none.</summary>
    ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>Sets when a ticket expires. A missing ticket is no error.</summary>
    Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Lists the tickets of a user that have not expired, the newest first, up to a number.</summary>
    ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, int atMost, CancellationToken cancellationToken);

    /// <summary>Deletes a ticket of a user. A missing ticket is no error; a ticket of another user stays.</summary>
    /// <returns>Whether a ticket was deleted.</returns>
    Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken);
}
