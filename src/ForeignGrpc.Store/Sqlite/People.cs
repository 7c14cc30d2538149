using System.Collections.Concurrent;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The full names that keys carry the numbers of. A committed one never changes or goes, so readers share one of
/// these; the writer has its own, as one that it adds may yet be rolled back.</summary>
internal sealed class People
{
    private const int RememberAtMost = 100_000;

    private readonly ConcurrentDictionary<long, string> _names = new();

    public string Name(SqliteSession session, long number)
    {
        if (_names.TryGetValue(number, out var known))
        {
            return known;
        }

        using var row = session.Prepared(SqliteSql.FindPersonName).Query(("@id", number));
        var name = row.Read()
            ? row.GetString(0)
            : throw new StoreException(StoreError.Damaged, $"A key was saved by person number {number}, who has no name.");
        if (_names.Count >= RememberAtMost)
        {
            _names.Clear();
        }

        return _names[number] = name;
    }

    public void Forget() => _names.Clear();
}
