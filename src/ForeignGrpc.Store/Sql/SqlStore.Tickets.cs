using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public Task<StoredTicket?> AddTicketAsync(NewTicket ticket, CancellationToken cancellationToken) =>
        WriteAsync(session => AddTicket(session, ticket), cancellationToken);

    public ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        ReadAsync(session => FindTicket(session, secretHash), cancellationToken);

    public Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken) => WriteAsync(
        session => session.Prepared(Statements.ExtendTicket).Execute(("@id", id), ("@expires", Instants.ToMicroseconds(expires))),
        cancellationToken);

    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, int atMost, CancellationToken cancellationToken)
    {
        var now = Instants.ToMicroseconds(_time.GetUtcNow());
        return ReadAsync<IReadOnlyList<StoredTicket>>(
            session =>
            {
                using var row = session.Prepared(Statements.TicketsOfUser).Query(("@user", user), ("@now", now), ("@limit", atMost));
                var tickets = new List<StoredTicket>();
                while (row.Read())
                {
                    tickets.Add(ReadTicket(row));
                }

                return tickets;
            },
            cancellationToken);
    }

    public Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken) => WriteAsync(
        session => session.Prepared(Statements.DeleteTicket).Execute(("@user", user), ("@id", id)) > 0, cancellationToken);

    /// <summary>Locks the row of the user, so that new tickets and changes of a user never run at the same time.</summary>
    private static StoredTicket? AddTicket(SqlWriteSession session, NewTicket ticket)
    {
        var user = session.Prepared(session.Connection.Dialect.ForUpdate(Statements.UserForTicket, "u"))
            .Number(("@name", ticket.User), ("@password_hash", ticket.PasswordHash));
        if (user is not { } id || (ticket.AskedBy is { } by && !HasTicket(session, id, by)))
        {
            return null;
        }

        var now = session.Now();
        session.Prepared(Statements.AddTicket).Execute(
            ("@hash", ticket.SecretHash),
            ("@user", id),
            ("@kind", (int)ticket.Kind),
            ("@now", now),
            ("@expires", Instants.ToMicroseconds(ticket.Expires)));
        var added = FindTicket(session, ticket.SecretHash)!;
        var mostCounted = ticket.KeepAtMost + NewTicket.MostDeleted;
        var count = session.Prepared(Statements.CountTickets).Number(("@user", id), ("@most", mostCounted))!.Value;
        if (count > ticket.KeepAtMost)
        {
            (string, SqlValue) limit = ("@limit", count - ticket.KeepAtMost);
            session.Prepared(Statements.DeleteLeastUsedTickets)
                .Execute(("@user", id), ("@added", added.Id), ("@by", ticket.AskedBy ?? 0), limit);
        }

        session.Prepared(Statements.DeleteExpiredTickets).Execute(("@now", now), ("@added", added.Id), ("@limit", NewTicket.MostDeleted));
        return added;
    }

    private static bool HasTicket(SqlSession session, long user, int id) =>
        session.Prepared(Statements.HasTicket).Number(("@user", user), ("@id", id)) is not null;

    private static StoredTicket? FindTicket(SqlSession session, byte[] secretHash)
    {
        using var row = session.Prepared(Statements.FindTicket).Query(("@hash", secretHash));
        return row.Read() ? ReadTicket(row) : null;
    }

    private static StoredTicket ReadTicket(Rows row) => new(
        row.GetInt32(0),
        (TicketKind)row.GetInt32(1),
        ReadUser(row, 4),
        Instants.FromMicroseconds(row.GetInt64(2)),
        Instants.FromMicroseconds(row.GetInt64(3)));
}
