using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

public sealed partial class SqliteStore
{
    public Task<StoredTicket> AddTicketAsync(
        string user, TicketKind kind, byte[] secretHash, DateTimeOffset expires, CancellationToken cancellationToken) => _writer.WriteAsync(
        session =>
        {
            var now = session.Now();
            session.Prepared(SqliteSql.DeleteExpiredTickets).Execute(("@now", now));
            var added = session.Prepared(SqliteSql.AddTicket).Execute(
                ("@hash", secretHash),
                ("@user", user),
                ("@kind", (int)kind),
                ("@now", now),
                ("@expires", Instants.ToMicroseconds(expires)));
            return added == 0 ? throw NoUser(user) : FindTicket(session, secretHash)!;
        },
        cancellationToken);

    public ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindTicket(session, secretHash), cancellationToken);

    public Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken) => _writer.WriteAsync(
        session => session.Prepared(SqliteSql.ExtendTicket).Execute(("@id", id), ("@expires", Instants.ToMicroseconds(expires))),
        cancellationToken);

    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, CancellationToken cancellationToken)
    {
        var now = Instants.ToMicroseconds(_time.GetUtcNow());
        return _readers.ReadAsync<IReadOnlyList<StoredTicket>>(
            session =>
            {
                using var row = session.Prepared(SqliteSql.TicketsOfUser).Query(("@user", user), ("@now", now));
                var tickets = new List<StoredTicket>();
                while (row.Read())
                {
                    tickets.Add(ReadTicket(row));
                }

                return tickets;
            },
            cancellationToken);
    }

    public Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken) => _writer.WriteAsync(
        session => session.Prepared(SqliteSql.DeleteTicket).Execute(("@user", user), ("@id", id)) > 0, cancellationToken);

    private static StoredTicket? FindTicket(SqliteSession session, byte[] secretHash)
    {
        using var row = session.Prepared(SqliteSql.FindTicket).Query(("@hash", secretHash));
        return row.Read() ? ReadTicket(row) : null;
    }

    private static StoredTicket ReadTicket(Statement.Rows row) => new(
        row.GetInt32(0),
        (TicketKind)row.GetInt32(1),
        ReadUser(row, 4),
        Instants.FromMicroseconds(row.GetInt64(2)),
        Instants.FromMicroseconds(row.GetInt64(3)));
}
