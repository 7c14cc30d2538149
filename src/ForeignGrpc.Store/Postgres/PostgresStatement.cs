using ForeignGrpc.Store.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A statement on Npgsql.</summary>
/// <param name="owner">The connection of the store, whose watch stops the statement.</param>
/// <param name="connection">The connection of Npgsql.</param>
/// <param name="sql">The text.</param>
/// <param name="isPrepared">Whether the server prepares the statement before its second run. A single run saves that call.</param>
internal sealed class PostgresStatement(Connection owner, NpgsqlConnection connection, string sql, bool isPrepared) : Statement
{
    private readonly NpgsqlCommand _command = new(sql, connection);
    private readonly PostgresRows _rows = new();
    private bool _ran;

    public override int Execute(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        Bind(arguments);
        return _command.ExecuteNonQuery();
    }

    public override Rows Query(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        Bind(arguments);
        using var stop = owner.Watch?.OnOver(_command.Cancel);
        using var reader = _command.ExecuteReader();
        _rows.Fill(reader);
        return _rows;
    }

    public override void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        if (_command.Parameters.Count == 0)
        {
            foreach (var (name, value) in arguments)
            {
                _command.Parameters.Add(new NpgsqlParameter { ParameterName = name, NpgsqlDbType = TypeOf(value.Kind) });
            }
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, value) = arguments[i];
            var parameter = _command.Parameters[i].ParameterName == name ? _command.Parameters[i] : _command.Parameters[name];
            parameter.Value = value.Kind switch
            {
                SqlKind.Number => value.Number,
                SqlKind.Text when value.Reference is string text => PostgresText.Encode(text),
                SqlKind.Texts => Array.ConvertAll((string[])value.Reference!, PostgresText.Encode),
                _ => value.Reference ?? DBNull.Value,
            };
        }

        if (isPrepared && _ran && !_command.IsPrepared)
        {
            _command.Prepare();
        }

        _ran = true;
    }

    private static NpgsqlDbType TypeOf(SqlKind kind) => kind switch
    {
        SqlKind.Number or SqlKind.NullNumber => NpgsqlDbType.Bigint,
        SqlKind.Text => NpgsqlDbType.Text,
        SqlKind.Bytes => NpgsqlDbType.Bytea,
        SqlKind.Numbers => NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        SqlKind.Texts => NpgsqlDbType.Array | NpgsqlDbType.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
