using Npgsql;
using NpgsqlTypes;

namespace ForeignGrpc.Store.Postgres;

/// <summary>Imports rows into a table by COPY, all or none.</summary>
internal sealed class PostgresImport(NpgsqlBinaryImporter importer) : IDisposable
{
    public void StartRow() => importer.StartRow();

    public void WriteNull() => importer.WriteNull();

    public void Write(int number) => importer.Write(number, NpgsqlDbType.Integer);

    public void Write(long number) => importer.Write(number, NpgsqlDbType.Bigint);

    public void Write(string text) => importer.Write(PostgresText.Encode(text), NpgsqlDbType.Text);

    public void Write(byte[] bytes) => importer.Write(bytes, NpgsqlDbType.Bytea);

    public void Complete() => importer.Complete();

    public void Dispose() => importer.Dispose();
}
