namespace ForeignGrpc.Store.Model;

/// <summary>A ticket to add.</summary>
/// <param name="User">The user's login name.</param>
/// <param name="PasswordHash">The hash of the password that the user was authenticated with, or had when the ticket was found that the user
/// was authenticated with.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="SecretHash">32 bytes, by which it is found.</param>
/// <param name="Expires">From when on it is not valid.</param>
/// <param name="KeepAtMost">How many tickets the user may have with it.</param>
/// <param name="AskedBy">The id of the ticket that the user was authenticated with; null when it was the password.</param>
public sealed record NewTicket(
    string User, string PasswordHash, TicketKind Kind, byte[] SecretHash, DateTimeOffset Expires, int KeepAtMost = 100, int? AskedBy = null)
{
    /// <summary>How many tickets that are too many, and how many that have expired, are deleted at most when one is added.</summary>
    public const int MostDeleted = 100;
}
