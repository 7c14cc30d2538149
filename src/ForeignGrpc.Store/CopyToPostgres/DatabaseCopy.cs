using System.Globalization;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sql;
using ForeignGrpc.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ForeignGrpc.Store.CopyToPostgres;

/// <summary>
/// Copies a SQLite file, including ids, into an empty PostgreSQL database. Each batch is a transaction, so an interrupted copy continues
/// when it is run again. At the end the copy compares both databases. Until then no server opens the PostgreSQL database.
/// </summary>
public sealed class DatabaseCopy : IDisposable
{
    private readonly string _file;
    private readonly SqlSession _source;
    private readonly SqlWriteSession _target;
    private readonly PostgresDatabase _database;
    private readonly Action<CopyProgress> _report;

    private DatabaseCopy(string file, PostgresDatabase database, Action<CopyProgress> report)
    {
        (_file, _database, _report) = (Path.GetFullPath(file), database, report);
        var source = SqliteDatabase.Open(new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString, prepares: false);
        _source = new SqlSession(source.ConnectWriter(), new TableNames(), new PersonNames(), TimeProvider.System);
        _target = new SqlWriteSession(database.ConnectWriter(), TimeProvider.System);
    }

    private PostgresConnection Target => (PostgresConnection)_target.Connection;

    /// <summary>Copies and compares. The copy locks the file, so that nobody changes it.</summary>
    /// <param name="file">The SQLite file.</param>
    /// <param name="connectionString">The PostgreSQL database: empty, or with an interrupted copy of this file.</param>
    /// <param name="report">Receives the progress after each batch.</param>
    /// <param name="cancellationToken">Interrupts the copy between two batches.</param>
    /// <returns>The number of rows of each table, by <see cref="CopiedTable.What"/>.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: a database cannot be opened, or the PostgreSQL database has
    /// other content. <see cref="StoreError.CopyFailed"/>: the copy was interrupted, or the databases differ. For operators.</exception>
    public static IReadOnlyDictionary<string, long> Run(
        string file, string connectionString, Action<CopyProgress> report, CancellationToken cancellationToken)
    {
        if (!SqliteFile.IsThere(file))
        {
            throw new StoreException(StoreError.CannotOpen, $"There is no database file '{Path.GetFullPath(file)}'.");
        }

        try
        {
            using var copy = new DatabaseCopy(file, PostgresDatabase.OpenForCopy(connectionString), report);
            return copy.Run(cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            throw new StoreException(
                StoreError.CannotOpen, $"The database file '{file}' is being written by another program; stop its server first.", e);
        }
        catch (NpgsqlException e)
        {
            throw new StoreException(
                StoreError.CopyFailed, $"The copy was interrupted ({e.Message}). Run the command again to continue.", e);
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        _database.Dispose();
    }

    private Dictionary<string, long> Run(CancellationToken cancellationToken)
    {
        // The write lock keeps others from changing the file until the end.
        _source.Prepared("BEGIN IMMEDIATE").Execute();
        Begin();
        var rows = CopiedTable.All.ToDictionary(table => table.What, table => Copy(table, cancellationToken));
        foreach (var table in CopiedTable.All)
        {
            Compare(table, rows[table.What], cancellationToken);
        }

        _target.Prepared("UPDATE foreigngrpc_schema SET copying_from = NULL").Execute();
        return rows;
    }

    /// <summary>Marks the PostgreSQL database as a copy of the file, unless an interrupted copy has marked it.</summary>
    private void Begin()
    {
        using var marked = _target.Prepared("SELECT copying_from FROM foreigngrpc_schema WHERE copying_from IS NOT NULL").Query();
        if (marked.Read())
        {
            if (marked.GetString(0) is var other && other != _file)
            {
                throw new StoreException(
                    StoreError.CannotOpen, $"The database has an unfinished copy of '{other}'; finish that copy, or empty the database.");
            }

            return;
        }

        foreach (var table in CopiedTable.All)
        {
            if (table.Count(_target) is var rows && rows > 0)
            {
                throw new StoreException(
                    StoreError.CannotOpen, $"The target database already has {rows:N0} {table.What}; it must be empty.");
            }
        }

        _target.Prepared("UPDATE foreigngrpc_schema SET copying_from = @file").Execute(("@file", _file));
    }

    private long Copy(CopiedTable table, CancellationToken cancellationToken)
    {
        var of = table.Count(_source);
        var done = table.Count(_target);
        var after = _target.Prepared($"SELECT coalesce(max({table.Key}), {long.MinValue}) FROM {table.Name}").Number()!.Value;
        _report(new CopyProgress(table.What, done, of));
        for (long? last = after; last is not null; after = last ?? after)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var import = Target.BeginImport(table.Name, table.Columns.Select(column => column.Name));
            last = table.ReadBatch(_source, after, row =>
            {
                import.StartRow();
                Write(import, row, table);
                done++;
            });
            import.Complete();
            _report(new CopyProgress(table.What, done, of));
        }

        if (table.HasOwnNumbers)
        {
            _target.Prepared($"SELECT setval(pg_get_serial_sequence('{table.Name}', 'id'), @last)")
                .Number(("@last", LastNumber(table, after)));
        }

        return of;
    }

    /// <summary>Finds the largest number that the table ever gave. No number is given again, even after its row is deleted.</summary>
    private long LastNumber(CopiedTable table, long last)
    {
        var given = _source.Prepared("SELECT seq FROM sqlite_sequence WHERE name = @table").Number(("@table", table.Name.Trim('"'))) ?? 0;
        return Math.Max(1, Math.Max(last, given));
    }

    private void Compare(CopiedTable table, long of, CancellationToken cancellationToken)
    {
        var source = TableChecksum.Of(table, _source, Report, cancellationToken);
        var target = TableChecksum.Of(table, _target, _ => { }, cancellationToken);
        if (source != target)
        {
            var rows = string.Create(
                CultureInfo.InvariantCulture, $"{source.Rows:N0} in the file, {target.Rows:N0} in the database");
            throw new StoreException(
                StoreError.CopyFailed,
                $"The {table.What} differ: {rows}, checksums {source.Sum:x} and {target.Sum:x}. Empty the database and begin again.");
        }

        void Report(long done) => _report(new CopyProgress($"comparing {table.What}", done, of));
    }

    private static void Write(PostgresImport import, Rows row, CopiedTable table)
    {
        foreach (var (i, (_, kind)) in table.Columns.Index())
        {
            switch (kind)
            {
                case ColumnKind.Integer:
                    import.Write(row.GetInt32(i));
                    break;
                case ColumnKind.BigInteger:
                    import.Write(row.GetInt64(i));
                    break;
                case ColumnKind.Text when row.IsNull(i):
                    import.WriteNull();
                    break;
                case ColumnKind.Text:
                    import.Write(row.GetString(i));
                    break;
                default:
                    import.Write(Convert.FromHexString(row.GetString(i)));
                    break;
            }
        }
    }
}
