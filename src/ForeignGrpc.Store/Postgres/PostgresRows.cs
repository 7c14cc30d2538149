using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// All rows of a query, read at once: a connection runs one statement at a time, and a look-up may come between two rows. The cells stand
/// in chunks of 64 KiB. A chunk whose rows have been read is dropped, so that a long result is never in memory twice.
/// </summary>
internal sealed class PostgresRows : Rows
{
    private const int CellsOfChunk = 4_096;

    /// <summary>Enough for most queries, and kept for the next. Each connection has dozens of statements.</summary>
    private const int CellsKept = 64;

    private readonly List<Cell[]> _chunks = [new Cell[CellsKept]];
    private int _columns;
    private int _rowsOfChunk;
    private int _rows;
    private int _row;

    public void Fill(NpgsqlDataReader reader)
    {
        _columns = reader.FieldCount;
        _rowsOfChunk = CellsOfChunk / Math.Max(_columns, 1);
        for (_rows = 0; reader.Read(); _rows++)
        {
            var (chunk, row) = Math.DivRem(_rows, _rowsOfChunk);
            if (chunk == _chunks.Count)
            {
                _chunks.Add(new Cell[CellsOfChunk]);
            }

            var cells = _chunks[chunk];
            if ((row + 1) * _columns > cells.Length)
            {
                Array.Resize(ref cells, CellsOfChunk);
                _chunks[chunk] = cells;
            }

            for (var column = 0; column < _columns; column++)
            {
                cells[(row * _columns) + column] = ReadCell(reader, column);
            }
        }

        _row = -1;
    }

    public override bool Read()
    {
        if (++_row >= _rows)
        {
            return false;
        }

        var (chunk, row) = Math.DivRem(_row, _rowsOfChunk);
        if (row == 0 && chunk > 1)
        {
            _chunks[chunk - 1] = [];
        }

        return true;
    }

    public override bool IsNull(int column) => At(column).IsNull;

    public override long GetInt64(int column) => At(column).Number;

    public override string GetString(int column) => At(column).Text!;

    public override void Dispose()
    {
        if (_chunks[0].Length > CellsKept)
        {
            _chunks.Clear();
            _chunks.Add(new Cell[CellsKept]);
        }
        else
        {
            Array.Clear(_chunks[0]);
        }

        _rows = 0;
    }

    private static Cell ReadCell(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? Cell.Null
        : reader.GetFieldType(column) == typeof(string) ? new Cell(0, PostgresText.Decode(reader.GetString(column)))
        : new Cell(reader.GetInt64(column), null);

    private Cell At(int column)
    {
        var (chunk, row) = Math.DivRem(_row, _rowsOfChunk);
        return _chunks[chunk][(row * _columns) + column];
    }

    private readonly record struct Cell(long Number, string? Text)
    {
        /// <summary>Marks NULL by its identity; a stored text is another object.</summary>
        private static readonly string NullMark = new(' ', 1);

        public static Cell Null { get; } = new(0, NullMark);

        public bool IsNull => ReferenceEquals(Text, NullMark);
    }
}
