namespace ForeignGrpc.Store.Model;

/// <summary>A ticket to add.</summary>
/// <param name="User">The user's login name.</param>
/// <param name="PasswordHash">The stored hash of the user's password at the time of authentication.</param>
/// <param name="Kind">The kind of ticket.</param>
/// <param name="SecretHash">The SHA-256 hash of the secret: 32 bytes.</param>
/// <param name="Expires">The instant from which on the ticket is not valid.</param>
/// <param name="KeepAtMost">The most tickets that the user may have, including this one.</param>
/// <param name="AskedBy">The id of the ticket that the user authenticated with; null if it was the password.</param>
public sealed record NewTicket(
    string User, string PasswordHash, TicketKind Kind, byte[] SecretHash, DateTimeOffset Expires, int KeepAtMost = 100, int? AskedBy = null)
{
    /// <summary>The most tickets over the limit, and the most expired tickets, that adding a ticket deletes.</summary>
    public const int MostDeleted = 100;
}
