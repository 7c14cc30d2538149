using System.Buffers.Binary;
using System.IO.Hashing;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.CopyToPostgres;

/// <summary>
/// The number of rows of a table and a checksum of all its values. The same rows have the same checksum in both engines.
/// </summary>
internal readonly record struct TableChecksum(long Rows, UInt128 Sum)
{
    /// <summary>Reads all rows of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="session">The database to read from.</param>
    /// <param name="report">Receives the number of rows read so far, after each batch.</param>
    /// <param name="cancellationToken">Stops the reading between two batches.</param>
    public static TableChecksum Of(CopiedTable table, SqlSession session, Action<long> report, CancellationToken cancellationToken)
    {
        var sum = new XxHash128();
        var rows = 0L;
        for (long? last = long.MinValue; last is { } after;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = table.ReadBatch(session, after, row =>
            {
                Append(sum, row, table);
                rows++;
            });
            report(rows);
        }

        return new TableChecksum(rows, sum.GetCurrentHashAsUInt128());
    }

    private static void Append(XxHash128 sum, Rows row, CopiedTable table)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var (i, (_, kind)) in table.Columns.Index())
        {
            if (kind is ColumnKind.Integer or ColumnKind.BigInteger)
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, row.GetInt64(i));
                sum.Append(number);
                continue;
            }

            var text = StrictUtf8.Encoding.GetBytes(row.IsNull(i) ? "" : row.GetString(i));
            BinaryPrimitives.WriteInt64LittleEndian(number, row.IsNull(i) ? -1 : text.Length);
            sum.Append(number);
            sum.Append(text);
        }
    }
}
