using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// The names of tables by number, and the numbers by name. A committed registration never changes, so all readers share an instance. Each
/// write session has its own, because a new registration may be rolled back.
/// </summary>
internal sealed class TableNames
{
    private readonly BoundedCache<string, int> _numbers = NameCaches.ByName<int>();
    private readonly BoundedCache<int, string> _names = NameCaches.ByNumber<int>();

    /// <summary>Finds the number of a table by its name in any case; null when it is neither documented nor registered.</summary>
    public int? FindNumber(SqlSession session, string name)
    {
        if (TableCatalogue.FindNumber(name) is { } documented)
        {
            return documented;
        }

        var folded = TableCatalogue.Fold(name);
        if (_numbers.TryGet(folded, out var known))
        {
            return known;
        }

        return (int?)session.Prepared(Statements.FindTable).Number(("@folded", folded)) is { } found ? _numbers.Set(folded, found) : null;
    }

    /// <summary>Finds the name of a table, as documented or as first registered.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Damaged"/>: no table has the number.</exception>
    public string Name(SqlSession session, int number)
    {
        if (TableCatalogue.FindName(number) is { } documented)
        {
            return documented;
        }

        if (_names.TryGet(number, out var known))
        {
            return known;
        }

        using var row = session.Prepared(Statements.FindTableName).Query(("@number", number));
        return row.Read()
            ? _names.Set(number, row.GetString(0))
            : throw new StoreException(StoreError.Damaged, $"A key refers to table number {number}, which does not exist.");
    }

    /// <summary>Clears the caches, some of whose names may have been rolled back.</summary>
    public void Forget()
    {
        _numbers.Clear();
        _names.Clear();
    }
}
