using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>The full names of persons by number, and the numbers by name. A committed name never changes, so all readers share an instance.
/// Each write session has its own, because a new name may be rolled back.</summary>
internal sealed class PersonNames
{
    private readonly BoundedCache<long, string> _names = NameCaches.ByNumber<long>();
    private readonly BoundedCache<string, long> _numbers = NameCaches.ByName<long>();

    /// <summary>Finds the full name of a person.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Damaged"/>: no person has the number.</exception>
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

    /// <summary>Finds the number of a person by full name; null when there is none.</summary>
    public long? FindNumber(SqlSession session, string name)
    {
        if (_numbers.TryGet(name, out var known))
        {
            return known;
        }

        return session.Prepared(Statements.FindPerson).Number(("@name", name)) is { } found ? _numbers.Set(name, found) : null;
    }

    /// <summary>Clears the caches, some of whose names may have been rolled back.</summary>
    public void Forget()
    {
        _names.Clear();
        _numbers.Clear();
    }
}
