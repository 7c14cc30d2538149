using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Issues and knows tickets, and browsers' sessions, which are tickets too. The store has only the hashes of their secrets, and so has the
/// server's memory. What callers send is looked up when it has the shape of a secret, and remembered when it is one.
/// </summary>
internal sealed partial class Tickets(
    ITicketStore store, UserCache users, TimeProvider time, IOptions<AuthOptions> options, ILogger<Tickets> logger)
{
    /// <summary>What the documented API's tickets begin with.</summary>
    private const string Prefix = "7T:";

    private const int SecretBytes = 32;

    /// <summary>The prefix and 32 bytes in base64url.</summary>
    private const int SecretLength = 3 + 43;

    /// <summary>Expiry is put off at most once in this time, so that a busy ticket is not written at every call.</summary>
    private static readonly TimeSpan ExtendEvery = TimeSpan.FromMinutes(1);

    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly BoundedCache<Digest, StoredTicket> _tickets = Lease.NewCache<Digest, StoredTicket>();
    private readonly Func<Digest, ValueTask<StoredTicket?>> _read = digest =>
        store.FindTicketAsync(digest.ToArray(), CancellationToken.None);
    private readonly TimeSpan _lifetime = TimeSpan.FromMinutes(options.Value.TicketMinutes);
    private readonly int _perUser = options.Value.TicketsPerUser;

    /// <summary>Whether a text has the shape of a secret that <see cref="IssueAsync"/> makes.</summary>
    public static bool IsSecret(string text) =>
        text.Length == SecretLength && text.StartsWith(Prefix, StringComparison.Ordinal)
            && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Base64UrlCharacters);

    /// <summary>What calls of a session must bring along beside its secret. Made of the secret, which it does not give away.</summary>
    public static string XsrfTokenOf(string secret) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"XSRF-TOKEN:{secret}")));

    /// <summary>
    /// A new ticket of a user, and its secret, which is not kept. The least recently used of more than `Auth:TicketsPerUser` end.
    /// </summary>
    /// <param name="user">The user as authenticated.</param>
    /// <param name="askedBy">The ticket that the user was authenticated with, which is not ended; null when it was the password.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="cancellationToken">Withdraws it while it waits.</param>
    /// <returns>Null when the user has meanwhile been disabled or given another password, or the ticket that asks has ended.</returns>
    public async Task<(string Secret, StoredTicket Ticket)?> IssueAsync(
        User user, int? askedBy, TicketKind kind, CancellationToken cancellationToken)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var ticket = new NewTicket(
            user.Name, user.PasswordHash, kind, DigestOf(secret).ToArray(), time.GetUtcNow() + _lifetime, _perUser, askedBy);
        return await store.AddTicketAsync(ticket, cancellationToken) is { } added ? (secret, added) : null;
    }

    /// <summary>
    /// The caller whose ticket it is; null when the secret is of none of the kind, the ticket has expired, or its user's credentials do not
    /// count.
    /// </summary>
    public ValueTask<Caller?> FindCallerAsync(string secret, TicketKind kind) =>
        IsSecret(secret) ? FindCallerAsync(DigestOf(secret), kind) : default;

    /// <summary>A user's tickets that have not expired, the newest first.</summary>
    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(User user, CancellationToken cancellationToken) =>
        store.ListTicketsAsync(user.Name, _perUser, cancellationToken);

    /// <summary>Ends a ticket of a user, on every server when this returns. One that is not there, or another's, is fine.</summary>
    public async Task EndAsync(User user, int id, CancellationToken cancellationToken)
    {
        if (await store.DeleteTicketAsync(user.Name, id, cancellationToken))
        {
            await Lease.EndedEverywhereAsync();
        }
    }

    private static Digest DigestOf(string secret)
    {
        Span<byte> bytes = stackalloc byte[SecretLength];
        Encoding.ASCII.GetBytes(secret, bytes);
        return Digest.Of(bytes);
    }

    private async ValueTask<Caller?> FindCallerAsync(Digest digest, TicketKind kind)
    {
        if (await _tickets.GetOrReadAsync(digest, _read) is not { } ticket
            || ticket.Kind != kind || !users.Counts(ticket.User) || ticket.Expires <= time.GetUtcNow())
        {
            return null;
        }

        var expires = time.GetUtcNow() + _lifetime;
        if (expires - ticket.Expires >= ExtendEvery)
        {
            await ExtendAsync(digest, ticket, expires);
        }

        return new Caller(ticket.User, ticket.Id, () => FindCallerAsync(digest, kind));
    }

    /// <summary>A ticket that cannot be put off is valid still: reads go on when the store takes no writes.</summary>
    private async Task ExtendAsync(Digest digest, StoredTicket ticket, DateTimeOffset expires)
    {
        try
        {
            await store.ExtendTicketAsync(ticket.Id, expires, CancellationToken.None);
            _tickets.Remove(digest);
        }
        catch (StoreException e)
        {
            LogNotExtended(ticket.Id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The expiry of ticket {Id} could not be extended.")]
    private partial void LogNotExtended(int id, Exception e);
}
