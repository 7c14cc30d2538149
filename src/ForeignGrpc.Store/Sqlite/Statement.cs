using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>A statement prepared once and run many times on its connection. Arguments are named, as five strings side by side get swapped.</summary>
internal sealed partial class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (var name in Parameter().Matches(sql).Select(m => m.Value).Distinct())
        {
            _command.Parameters.Add(new SqliteParameter(name, null));
        }

        _command.Prepare();
    }

    public int Execute(params ReadOnlySpan<(string Name, object Value)> arguments)
    {
        Bind(arguments);
        return _command.ExecuteNonQuery();
    }

    public SqliteDataReader Query(params ReadOnlySpan<(string Name, object Value)> arguments)
    {
        Bind(arguments);
        return _command.ExecuteReader();
    }

    /// <summary>The first column of the first row as a number; null when there is no row.</summary>
    public long? Number(params ReadOnlySpan<(string Name, object Value)> arguments)
    {
        using var row = Query(arguments);
        return row.Read() ? row.GetInt64(0) : null;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<(string Name, object Value)> arguments)
    {
        foreach (var (name, value) in arguments)
        {
            _command.Parameters[name].Value = value;
        }
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
