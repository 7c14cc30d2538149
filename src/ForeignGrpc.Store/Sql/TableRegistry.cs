using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Gives table names their numbers. The settings limit how many new names it registers.</summary>
internal sealed class TableRegistry(StoreOptions options)
{
    /// <summary>Finds the number of a table to save a key for, and registers a new name.</summary>
    /// <param name="session">The session of the save.</param>
    /// <param name="name">The name of the table, in any case.</param>
    /// <param name="person">The number of the person who saves.</param>
    /// <exception cref="StoreException"><see cref="StoreError.UnknownTable"/>: the settings allow no new name, or no more.</exception>
    public int FindOrAdd(SqlWriteSession session, string name, long person)
    {
        if (session.FindTable(name) is { } known)
        {
            return known;
        }

        if (!options.AcceptUnknownTables)
        {
            throw new StoreException(StoreError.UnknownTable, $"'{name}' is not a documented table name; this server accepts no others.");
        }

        if (session.Prepared(Statements.CountTables).Number() >= options.MostRegisteredTables)
        {
            throw TooMany(name, options.MostRegisteredTables);
        }

        return session.Prepared(Statements.CountTablesOfPerson).Number(("@person", person)) < options.MostRegisteredTablesPerWriter
            ? session.AddTable(name, person)
            : throw TooManyOfPerson(name, options.MostRegisteredTablesPerWriter);
    }

    private static StoreException TooMany(string name, int limit) => new(
        StoreError.UnknownTable,
        $"'{name}' is a new table name, but the limit of {limit:N0} registered table names is reached (setting Tables:MostRegistered).");

    private static StoreException TooManyOfPerson(string name, int limit) => new(
        StoreError.UnknownTable,
        $"'{name}' is a new table name, but you have registered {limit:N0}, your limit (setting Tables:MostRegisteredPerWriter).");
}
