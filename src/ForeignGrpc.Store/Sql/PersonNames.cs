using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>The full names that keys carry the numbers of. A committed one never changes or goes, so readers share one of
/// these; whoever writes has its own, as one that it adds may yet be rolled back.</summary>
internal sealed class PersonNames
{
    private readonly BoundedCache<long, string> _names = NameCaches.ByNumber<long>();
    private readonly BoundedCache<string, long> _numbers = NameCaches.ByName<long>();

    public string Name(SqlSession session, long number)
    {
        if (_names.TryGet(number, out var known))
        {
            return known;
        }

        using var row = session.Prepared(Statements.FindPersonName).Query(("@id", number));
        var name = row.Read()
            ? row.GetString(0)
            : throw new StoreException(StoreError.Damaged, $"A key refers to person number {number}, who does not exist.");
        return _names.Set(number, name);
    }

    /// <summary>The number of a person; null when there is none of that name.</summary>
    public long? FindNumber(SqlSession session, string name)
    {
        if (_numbers.TryGet(name, out var known))
        {
            return known;
        }

        return session.Prepared(Statements.FindPerson).Number(("@name", name)) is { } found ? _numbers.Set(name, found) : null;
    }

    public void Forget()
    {
        _names.Clear();
        _numbers.Clear();
    }
}
