using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Issues and authenticates tickets. Sessions of browsers are tickets too. The store and the cache have only digests of the secrets. Only
/// texts in the format of a secret are looked up, and only valid secrets are cached.
/// </summary>
internal sealed partial class Tickets(
    ITicketStore store,
    UserCache users,
    StoreOutage outage,
    TimeProvider time,
    IOptions<AuthOptions> options,
    ILogger<Tickets> logger)
{
    /// <summary>The prefix of tickets in the documented API.</summary>
    private const string Prefix = "7T:";

    private const int SecretBytes = 32;

    /// <summary>The length of the prefix plus 32 bytes in base64url.</summary>
    private const int SecretLength = 3 + 43;

    /// <summary>The expiry of a ticket is extended at most once in this time, so that not every call writes to the store.</summary>
    private static readonly TimeSpan ExtendEvery = TimeSpan.FromMinutes(1);

    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly BoundedCache<Digest, StoredTicket> _tickets = Lease.NewCache<Digest, StoredTicket>();
    private readonly Func<Digest, ValueTask<StoredTicket?>> _read = digest =>
        store.FindTicketAsync(digest.ToArray(), CancellationToken.None);
    private readonly TimeSpan _lifetime = TimeSpan.FromMinutes(options.Value.TicketMinutes);
    private readonly int _perUser = options.Value.TicketsPerUser;

    /// <summary>Whether a text has the format of the secrets that <see cref="IssueAsync"/> returns.</summary>
    public static bool IsSecret(string text) =>
        text.Length == SecretLength && text.StartsWith(Prefix, StringComparison.Ordinal)
            && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Base64UrlCharacters);

    /// <summary>The value for X-XSRF-TOKEN of a session: a digest of its secret, which does not reveal the secret.</summary>
    public static string XsrfTokenOf(string secret) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"XSRF-TOKEN:{secret}")));

    /// <summary>
    /// Issues a ticket for a user. The secret is returned but not stored. If the user then has more than `Auth:TicketsPerUser` tickets, the
    /// least recently used end.
    /// </summary>
    /// <param name="user">The authenticated user.</param>
    /// <param name="askedBy">The id of the ticket that authenticated the user; this ticket does not end. Null for a password.</param>
    /// <param name="kind">Whether to issue a ticket or a session.</param>
    /// <param name="cancellationToken">Cancels the change while it waits.</param>
    /// <returns>Null if the user was disabled or got another password after the authentication, or the ticket `askedBy` has
    /// ended.</returns>
    public async Task<(string Secret, StoredTicket Ticket)?> IssueAsync(
        User user, int? askedBy, TicketKind kind, CancellationToken cancellationToken)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var ticket = new NewTicket(
            user.Name, user.PasswordHash, kind, DigestOf(secret).ToArray(), time.GetUtcNow() + _lifetime, _perUser, askedBy);
        return await store.AddTicketAsync(ticket, cancellationToken) is { } added ? (secret, added) : null;
    }

    /// <summary>
    /// Authenticates a secret. Null if there is no ticket of this kind with the secret, the ticket has expired, or the user is disabled.
    /// </summary>
    public ValueTask<Caller?> FindCallerAsync(string secret, TicketKind kind) =>
        IsSecret(secret) ? FindCallerAsync(DigestOf(secret), kind) : default;

    /// <summary>The tickets and sessions of a user that have not expired, newest first.</summary>
    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(User user, CancellationToken cancellationToken) =>
        store.ListTicketsAsync(user.Name, _perUser, cancellationToken);

    /// <summary>
    /// Ends a ticket of a user on every server. Does nothing if the ticket does not exist or belongs to another user.
    /// </summary>
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

    /// <summary>Extends the expiry of a ticket. If the store cannot write, the ticket is still valid, so reads still succeed.</summary>
    private async Task ExtendAsync(Digest digest, StoredTicket ticket, DateTimeOffset expires)
    {
        try
        {
            await store.ExtendTicketAsync(ticket.Id, expires, CancellationToken.None);
            _tickets.Remove(digest);
        }
        catch (StoreException e)
        {
            if (!outage.Note(e))
            {
                LogNotExtended(ticket.Id, e);
            }
        }
    }

    [LoggerMessage(2003, LogLevel.Warning, "The expiry of ticket {Id} could not be extended.")]
    private partial void LogNotExtended(int id, Exception e);
}
