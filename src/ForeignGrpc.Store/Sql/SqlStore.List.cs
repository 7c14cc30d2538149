using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    private static readonly ListColumn[] ListColumns = Enum.GetValues<ListColumn>();

    public ValueTask<IReadOnlyList<KeyRow>> ListRowsAsync(KeyRowQuery query, CancellationToken cancellationToken) =>
        ScanAsync<IReadOnlyList<KeyRow>>(session => session.InSnapshot(() => List(session, query)), query.Caller, cancellationToken);

    public ValueTask<long> CountRowsAsync(ListFilter? filter, string caller, CancellationToken cancellationToken) => ScanAsync(
        session =>
        {
            var sql = ListSql.Count(session.Connection.Dialect, filter);
            using var statement = session.Connection.Prepare(sql.Text);
            using var row = statement.Query(sql.Arguments);
            row.Read();
            return row.GetInt64(0);
        },
        caller,
        cancellationToken);

    internal static List<KeyRow> List(SqlSession session, KeyRowQuery query)
    {
        var position = KeyRowQuery.Position(query.OrderBy);
        var rows = new List<KeyRow>();
        foreach (var sql in ListSql.Of(session.Connection.Dialect, query))
        {
            if (rows.Count < query.Take && !query.IsFull(rows))
            {
                Read(session, sql, position, rows, query);
            }
        }

        return rows;
    }

    private static void Read(
        SqlSession session,
        ListSql sql,
        IReadOnlyList<(ListColumn Column, bool Descending)> position,
        List<KeyRow> rows,
        KeyRowQuery query)
    {
        // The session must not keep the statement, because each filter makes a text of its own.
        using var statement = session.Connection.Prepare(sql.Text);
        using var row = statement.Query(sql.Arguments);
        var bytes = rows.Sum(read => read.Bytes);
        while (rows.Count < query.Take && (rows.Count < 2 || bytes <= query.Bytes) && row.Read())
        {
            rows.Add(ReadRow(session, row, position));
            bytes += rows[^1].Bytes;
        }
    }

    private static KeyRow ReadRow(SqlSession session, Rows row, IReadOnlyList<(ListColumn Column, bool Descending)> position)
    {
        var values = Array.ConvertAll(ListColumns, column => ReadColumn(session, row, column));
        var isNatural = ReferenceEquals(position, KeyRowQuery.NaturalPosition);
        object? InPosition(ListColumn column) => isNatural && column == ListColumn.TableId ? ReadTable(row) : values[(int)column];
        return new KeyRow(values, [.. position.Select(by => InPosition(by.Column))]);
    }

    private static long? ReadTable(Rows row) => row.IsNull((int)ListColumn.TableId) ? null : row.GetInt64((int)ListColumn.TableId);

    private static object? ReadColumn(SqlSession session, Rows row, ListColumn column) => column switch
    {
        _ when row.IsNull((int)column) => null,
        ListColumn.TableId => Math.Max(row.GetInt64((int)column), 0),
        ListColumn.TableName => session.TableName(row.GetInt32((int)column)),
        ListColumn.KeyUpdatedDate or ListColumn.KeyRegisteredDate or ListColumn.DeviceLastSync =>
            Instants.FromMicroseconds(row.GetInt64((int)column)),
        ListColumn.AppId or ListColumn.DeviceId or ListColumn.KeyId or ListColumn.RecordId => row.GetInt64((int)column),
        _ => row.GetString((int)column),
    };
}
