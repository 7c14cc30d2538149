using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Table names ⇄ numbers. A committed registration never changes, so readers share one of these and remember what they found
/// for good; whoever writes has its own, as a number that it registers may yet be rolled back.
/// </summary>
internal sealed class TableNames
{
    private readonly BoundedCache<string, int> _numbers = NameCaches.ByName<int>();
    private readonly BoundedCache<int, string> _names = NameCaches.ByNumber<int>();

    /// <summary>The number of a table, its name in any case; null when it is neither documented nor registered.</summary>
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

    /// <summary>The name of a table as documented or as first registered.</summary>
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

    public void Forget()
    {
        _numbers.Clear();
        _names.Clear();
    }
}
