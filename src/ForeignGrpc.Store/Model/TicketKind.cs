namespace ForeignGrpc.Store.Model;

/// <summary>What a ticket is for. Stored as the number.</summary>
public enum TicketKind
{
    /// <summary>A program's: sent in the Authorization header.</summary>
    Ticket = 1,

    /// <summary>A browser's session: kept in a cookie.</summary>
    Session = 2,
}
