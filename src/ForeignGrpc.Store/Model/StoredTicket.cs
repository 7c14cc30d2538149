namespace ForeignGrpc.Store.Model;

/// <summary>What a user holds in place of a password.</summary>
/// <param name="Id">Tells the user's tickets apart; no secret.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="User">Whose it is, as the user is now.</param>
/// <param name="Created">When it was issued.</param>
/// <param name="Expires">From when on it is not valid.</param>
public sealed record StoredTicket(int Id, TicketKind Kind, User User, DateTimeOffset Created, DateTimeOffset Expires);
