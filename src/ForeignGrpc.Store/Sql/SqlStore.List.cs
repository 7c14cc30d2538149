using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public ValueTask<IReadOnlyList<ListRow>> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<ListRow>>(session => session.AtOneMoment(() => List(session, query)), cancellationToken);

    private static List<ListRow> List(SqlSession session, ListQuery query)
    {
        var rows = new List<ListRow>();
        if (query.After is not { } after)
        {
            Read(session, ListSql.FromStart(session.Connection, query), rows, query.Take);
            return rows;
        }

        foreach (var sql in ListSql.After(session.Connection, after, query.Filter, query.Take))
        {
            Read(session, sql, rows, query.Take);
        }

        return rows;
    }

    private static void Read(SqlSession session, ListSql sql, List<ListRow> rows, int limit)
    {
        if (rows.Count == limit)
        {
            return;
        }

        // Not kept: filters make a text each.
        using var statement = session.Connection.Prepare(sql.Text);
        using var row = statement.Query(sql.Arguments);
        while (rows.Count < limit && row.Read())
        {
            rows.Add(ReadRow(row));
        }
    }

    private static ListRow ReadRow(Rows row)
    {
        var values = Enum.GetValues<ListColumn>().Select(column => ReadColumn(row, column)).ToArray();
        var key = row.IsNull((int)ListColumn.KeyId)
            ? null
            : new ListPosition.KeyPosition(
                row.GetInt32((int)ListColumn.TableId), row.GetInt32((int)ListColumn.RecordId), row.GetString((int)ListColumn.KeyName));
        var device = row.IsNull((int)ListColumn.DeviceId) ? (int?)null : row.GetInt32((int)ListColumn.DeviceId);
        return new ListRow(values, new ListPosition(row.GetInt32((int)ListColumn.AppId), device, key));
    }

    private static object? ReadColumn(Rows row, ListColumn column) => column switch
    {
        _ when row.IsNull((int)column) => null,
        ListColumn.TableId => Math.Max(row.GetInt64((int)column), 0),
        ListColumn.KeyUpdatedDate or ListColumn.KeyRegisteredDate => Instants.FromMicroseconds(row.GetInt64((int)column)),
        ListColumn.AppId or ListColumn.DeviceId or ListColumn.KeyId or ListColumn.RecordId => row.GetInt64((int)column),
        _ => row.GetString((int)column),
    };
}
