namespace ForeignGrpc.Store.Model;

/// <summary>A ticket: a credential that a user sends instead of the password.</summary>
/// <param name="Id">The id, which is no secret.</param>
/// <param name="Kind">The kind of ticket.</param>
/// <param name="User">The user of the ticket, as stored now.</param>
/// <param name="Created">When the ticket was issued.</param>
/// <param name="Expires">The instant from which on the ticket is not valid.</param>
public sealed record StoredTicket(int Id, TicketKind Kind, User User, DateTimeOffset Created, DateTimeOffset Expires);
