using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// All rows of a query, read at once: a connection runs one statement at a time, and a look-up may come between two rows.
/// </summary>
internal sealed class PostgresRows : Rows
{
    /// <summary>The most memory, in cells, that is kept for the next query.</summary>
    private const int KeepCells = 16_384;

    private readonly List<Cell> _cells = [];
    private int _columns;
    private int _row;

    public void Fill(NpgsqlDataReader reader)
    {
        _cells.Clear();
        _columns = reader.FieldCount;
        _row = -1;
        while (reader.Read())
        {
            for (var column = 0; column < _columns; column++)
            {
                _cells.Add(ReadCell(reader, column));
            }
        }
    }

    public override bool Read() => (++_row + 1) * _columns <= _cells.Count && _columns > 0;

    public override bool IsNull(int column) => At(column).IsNull;

    public override long GetInt64(int column) => At(column).Number;

    public override string GetString(int column) => At(column).Text!;

    public override void Dispose()
    {
        _cells.Clear();
        if (_cells.Capacity > KeepCells)
        {
            _cells.Capacity = 0;
        }
    }

    private static Cell ReadCell(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? new Cell(true, 0, null)
        : reader.GetFieldType(column) == typeof(string) ? new Cell(false, 0, PostgresText.Decode(reader.GetString(column)))
        : new Cell(false, reader.GetInt64(column), null);

    private Cell At(int column) => _cells[(_row * _columns) + column];

    private readonly record struct Cell(bool IsNull, long Number, string? Text);
}
