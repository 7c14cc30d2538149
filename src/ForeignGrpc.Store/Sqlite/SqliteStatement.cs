using System.Buffers;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>A statement on the native interface of SQLite. ADO.NET would cost more than a look-up itself.</summary>
internal sealed class SqliteStatement : Statement
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    private readonly SqliteRows _rows;

    /// <exception cref="SqliteException">The SQL is wrong.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        _rows = new SqliteRows(this);
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (var i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string() ?? "";
        }
    }

    public override int Execute(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        using var rows = Query(arguments);
        while (rows.Read())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    public override Rows Query(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        if (arguments.Length != _parameters.Length)
        {
            throw new ArgumentException(
                $"The statement takes {_parameters.Length} arguments: {string.Join(", ", _parameters)}.", nameof(arguments));
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, value) = arguments[i];
            Bind(1 + (_parameters[i] == name ? i : Array.IndexOf(_parameters, name)), value);
        }

        return _rows;
    }

    public override void Dispose() => _statement.Dispose();

    private void Bind(int index, SqlValue value) => Check(value switch
    {
        { Kind: SqlKind.Number } => raw.sqlite3_bind_int64(_statement, index, value.Number),
        { Reference: string text } => BindText(index, text),
        { Reference: byte[] bytes } => raw.sqlite3_bind_blob(_statement, index, bytes),
        _ => raw.sqlite3_bind_null(_statement, index),
    });

    private int BindText(int index, string text)
    {
        if (text.Length == 0)
        {
            // An empty span has no address, and SQLite would bind NULL.
            return raw.sqlite3_bind_text(_statement, index, "");
        }

        var length = StrictUtf8.Encoding.GetMaxByteCount(text.Length);
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> stack = stackalloc byte[StackBytes];
        var utf8 = rented ?? stack;
        ReadOnlySpan<byte> bytes = utf8[..StrictUtf8.Encoding.GetBytes(text, utf8)];
        var result = raw.sqlite3_bind_text(_statement, index, bytes);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return result;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }

    private sealed class SqliteRows(SqliteStatement statement) : Rows
    {
        public override bool Read()
        {
            var result = raw.sqlite3_step(statement._statement);
            if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                SqliteException.ThrowExceptionForRC(result, statement._database);
            }

            return result == raw.SQLITE_ROW;
        }

        public override bool IsNull(int column) => raw.sqlite3_column_type(statement._statement, column) == raw.SQLITE_NULL;

        public override long GetInt64(int column) => raw.sqlite3_column_int64(statement._statement, column);

        /// <summary>Reads the text as bytes, because SQLite ends a text at U+0000.</summary>
        public override string GetString(int column) =>
            StrictUtf8.Encoding.GetString(raw.sqlite3_column_blob(statement._statement, column));

        public override void Dispose() => raw.sqlite3_reset(statement._statement);
    }
}
