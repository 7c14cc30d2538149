using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Issues and knows tickets, and browsers' sessions, which are tickets too. The store has only the hashes of their secrets.</summary>
internal sealed partial class Tickets(
    ITicketStore store, KnownUsers users, TimeProvider time, IOptions<AuthOptions> options, ILogger<Tickets> logger)
{
    /// <summary>What the documented API's tickets begin with.</summary>
    private const string Prefix = "7T:";

    private const int SecretBytes = 32;

    /// <summary>Expiry is put off at most once in this time, so that a busy ticket is not written at every call.</summary>
    private static readonly TimeSpan ExtendEvery = TimeSpan.FromMinutes(1);

    private readonly Leased<StoredTicket?> _tickets = new(secret => store.FindTicketAsync(HashOf(secret), CancellationToken.None));
    private readonly TimeSpan _lifetime = TimeSpan.FromMinutes(options.Value.TicketMinutes);

    /// <summary>A new ticket of a user, and its secret, which is not kept.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: the service has no such user.</exception>
    public async Task<(string Secret, StoredTicket Ticket)> IssueAsync(string user, TicketKind kind, CancellationToken cancellationToken)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (secret, await store.AddTicketAsync(user, kind, HashOf(secret), time.GetUtcNow() + _lifetime, cancellationToken));
    }

    /// <summary>The ticket of a secret, with its user; null when it is none of the kind, has expired, or its user may not come in.</summary>
    public async ValueTask<StoredTicket?> FindAsync(string secret, TicketKind kind)
    {
        if (await _tickets.FindAsync(secret) is not { } ticket
            || ticket.Kind != kind || !users.MayComeIn(ticket.User) || ticket.Expires <= time.GetUtcNow())
        {
            return null;
        }

        var expires = time.GetUtcNow() + _lifetime;
        if (expires - ticket.Expires >= ExtendEvery)
        {
            await ExtendAsync(ticket, expires);
        }

        return ticket;
    }

    /// <summary>Ends a ticket of a user, on every server when this returns. One that is not there, or another's, is fine.</summary>
    public async Task EndAsync(string user, int id, CancellationToken cancellationToken)
    {
        if (await store.DeleteTicketAsync(user, id, cancellationToken))
        {
            _tickets.Forget();
            await Leased<StoredTicket?>.ForgottenEverywhereAsync();
        }
    }

    /// <summary>What calls of a session must bring along beside its secret. Made of the secret, which it does not give away.</summary>
    public static string XsrfTokenOf(string secret) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"XSRF-TOKEN:{secret}")));

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>A ticket that cannot be put off is valid still: reads go on when the store takes no writes.</summary>
    private async Task ExtendAsync(StoredTicket ticket, DateTimeOffset expires)
    {
        try
        {
            await store.ExtendTicketAsync(ticket.Id, expires, CancellationToken.None);
            _tickets.Forget();
        }
        catch (StoreException e)
        {
            LogNotExtended(ticket.Id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The expiry of ticket {Id} could not be put off.")]
    private partial void LogNotExtended(int id, Exception e);
}
