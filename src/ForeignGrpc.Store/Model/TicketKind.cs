namespace ForeignGrpc.Store.Model;

/// <summary>The kinds of ticket. The database has the numbers.</summary>
public enum TicketKind
{
    /// <summary>A ticket for programs, which send it in the Authorization header.</summary>
    Ticket = 1,

    /// <summary>A session of a browser, which keeps it in a cookie.</summary>
    Session = 2,
}
