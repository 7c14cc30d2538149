using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// A statement prepared once and run many times on its connection, straight on SQLite's own interface: the ADO.NET one costs more
/// than a lookup does. Arguments are named, as five strings side by side get swapped; none is left from the run before.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;

    /// <exception cref="SqliteException">SQLite does not understand it.</exception>
    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (var i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string();
        }
    }

    /// <summary>Runs it to its end; returns how many rows it changed, when it is one that changes some.</summary>
    public int Execute(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        using var rows = Query(arguments);
        while (rows.Read())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs it; dispose the rows before it runs again.</summary>
    public Rows Query(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        if (arguments.Length != _parameters.Length)
        {
            throw new ArgumentException($"The statement takes {_parameters.Length} arguments: {string.Join(", ", _parameters)}.", nameof(arguments));
        }

        foreach (var (name, value) in arguments)
        {
            Bind(1 + Array.IndexOf(_parameters, name), value);
        }

        return new Rows(this);
    }

    /// <summary>The first column of the first row as a number; null when there is no row.</summary>
    public long? Number(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        using var rows = Query(arguments);
        return rows.Read() ? rows.GetInt64(0) : null;
    }

    public void Dispose() => _statement.Dispose();

    private void Bind(int index, SqlValue value) => Check(value switch
    {
        { IsNumber: true } => raw.sqlite3_bind_int64(_statement, index, value.Number),
        { Reference: string text } => BindText(index, text),
        { Reference: byte[] bytes } => raw.sqlite3_bind_blob(_statement, index, bytes),
        _ => raw.sqlite3_bind_null(_statement, index),
    });

    private int BindText(int index, string text)
    {
        if (text.Length == 0)
        {
            // A span of no bytes has no address, which SQLite would take for NULL.
            return raw.sqlite3_bind_text(_statement, index, "");
        }

        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> stack = stackalloc byte[StackBytes];
        var utf8 = rented ?? stack;
        var result = raw.sqlite3_bind_text(_statement, index, (ReadOnlySpan<byte>)utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
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

    /// <summary>The rows that a run gives, one at a time. Columns are counted from 0.</summary>
    internal readonly struct Rows(Statement statement) : IDisposable
    {
        /// <summary>Moves to the next row; false when there is none.</summary>
        /// <exception cref="SqliteException">The run failed.</exception>
        public bool Read()
        {
            var result = raw.sqlite3_step(statement._statement);
            if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                SqliteException.ThrowExceptionForRC(result, statement._database);
            }

            return result == raw.SQLITE_ROW;
        }

        public bool IsNull(int column) => raw.sqlite3_column_type(statement._statement, column) == raw.SQLITE_NULL;

        public long GetInt64(int column) => raw.sqlite3_column_int64(statement._statement, column);

        public int GetInt32(int column) => checked((int)GetInt64(column));

        public bool GetBoolean(int column) => GetInt64(column) != 0;

        /// <summary>A text, whole: as bytes, whose number SQLite tells, since U+0000 ends what it gives as text.</summary>
        public string GetString(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement._statement, column));

        /// <summary>Ends the run. Its failure has been thrown already.</summary>
        public void Dispose() => raw.sqlite3_reset(statement._statement);
    }
}
