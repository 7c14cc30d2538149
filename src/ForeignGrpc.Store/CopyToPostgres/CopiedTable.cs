using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.CopyToPostgres;

/// <summary>A table that both engines have.</summary>
/// <param name="Name">The name of the table in SQL, with quotes where SQL needs them.</param>
/// <param name="What">What operators call its rows.</param>
/// <param name="HasOwnNumbers">Whether the engine numbers new rows.</param>
/// <param name="Columns">The columns. The first is the primary key.</param>
internal sealed record CopiedTable(string Name, string What, bool HasOwnNumbers, params (string Name, ColumnKind Kind)[] Columns)
{
    private const int BatchSize = 5_000;

    private static readonly (string, ColumnKind) Id = ("id", ColumnKind.Integer);

    private static readonly (string, ColumnKind)[] Stamps =
    [
        ("created_at", ColumnKind.BigInteger),
        ("created_by", ColumnKind.Integer),
        ("updated_at", ColumnKind.BigInteger),
        ("updated_by", ColumnKind.Integer),
    ];

    /// <summary>All tables, each after the tables that it refers to.</summary>
    public static IReadOnlyList<CopiedTable> All { get; } =
    [
        new("person", "people", true, Id, ("full_name", ColumnKind.Text)),
        new("registered_table", "registered tables", false,
        [
            ("number", ColumnKind.Integer),
            ("name", ColumnKind.Text),
            ("folded_name", ColumnKind.Text),
            ("registered_by", ColumnKind.Integer),
        ]),
        new("\"user\"", "users", true,
        [
            Id,
            ("name", ColumnKind.Text),
            ("full_name", ColumnKind.Text),
            ("role", ColumnKind.Integer),
            ("password_hash", ColumnKind.Text),
            ("development_only", ColumnKind.Integer),
            ("disabled", ColumnKind.Integer),
        ]),
        new("ticket", "tickets", true,
        [
            Id,
            ("secret_hash", ColumnKind.Bytes),
            ("user_id", ColumnKind.Integer),
            ("kind", ColumnKind.Integer),
            ("created_at", ColumnKind.BigInteger),
            ("expires_at", ColumnKind.BigInteger),
        ]),
        new("foreign_app", "applications", true, [Id, ("name", ColumnKind.Text), .. Stamps, ("version", ColumnKind.BigInteger)]),
        new("foreign_device", "devices", true,
        [
            Id,
            ("app_id", ColumnKind.Integer),
            ("name", ColumnKind.Text),
            ("identifier", ColumnKind.Text),
            .. Stamps,
        ]),
        new("foreign_key", "keys", true,
        [
            ("id", ColumnKind.BigInteger),
            ("device_id", ColumnKind.Integer),
            ("table_id", ColumnKind.Integer),
            ("record_id", ColumnKind.Integer),
            ("name", ColumnKind.Text),
            ("value", ColumnKind.Text),
            ("value_hash", ColumnKind.Integer),
            .. Stamps,
        ]),
    ];

    /// <summary>The primary key.</summary>
    public string Key => Columns[0].Name;

    /// <summary>How many rows the table has.</summary>
    public long Count(SqlSession session) => session.Prepared($"SELECT count(*) FROM {Name}").Number()!.Value;

    /// <summary>Reads the next 5,000 rows at most, in the order of <see cref="Key"/>.</summary>
    /// <param name="session">The database to read from.</param>
    /// <param name="after">The key of the last row of the batch before.</param>
    /// <param name="each">Handles a row. Its columns are those of the table; bytes are a text of hexadecimal digits.</param>
    /// <returns>The key of the last row read; null when there are no more rows.</returns>
    public long? ReadBatch(SqlSession session, long after, Action<Rows> each)
    {
        var columns = Columns.Select(
            column => column.Kind == ColumnKind.Bytes ? session.Connection.Dialect.Hexadecimal(column.Name) : column.Name);
        using var row = session
            .Prepared($"SELECT {string.Join(", ", columns)} FROM {Name} WHERE {Key} > @after ORDER BY {Key} LIMIT @limit")
            .Query(("@after", after), ("@limit", BatchSize));
        long? last = null;
        while (row.Read())
        {
            each(row);
            last = row.GetInt64(0);
        }

        return last;
    }
}
