using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public Task<StoredTicket> AddTicketAsync(
        string user, TicketKind kind, byte[] secretHash, DateTimeOffset expires, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            var now = session.Now();
            session.Prepared(Statements.DeleteExpiredTickets).Execute(("@now", now));
            var added = session.Prepared(Statements.AddTicket).Execute(
                ("@hash", secretHash),
                ("@user", user),
                ("@kind", (int)kind),
                ("@now", now),
                ("@expires", Instants.ToMicroseconds(expires)));
            return added == 0 ? throw NoUser(user) : FindTicket(session, secretHash)!;
        },
        cancellationToken);

    public ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        ReadAsync(session => FindTicket(session, secretHash), cancellationToken);

    public Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken) => WriteAsync(
        session => session.Prepared(Statements.ExtendTicket).Execute(("@id", id), ("@expires", Instants.ToMicroseconds(expires))),
        cancellationToken);

    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, CancellationToken cancellationToken)
    {
        var now = Instants.ToMicroseconds(_time.GetUtcNow());
        return ReadAsync<IReadOnlyList<StoredTicket>>(
            session =>
            {
                using var row = session.Prepared(Statements.TicketsOfUser).Query(("@user", user), ("@now", now));
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
