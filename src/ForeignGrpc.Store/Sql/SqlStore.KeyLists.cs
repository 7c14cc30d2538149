using System.Runtime.CompilerServices;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    private const int PageSize = 1_000;
    private const int FirstPageSize = 128;

    /// <summary>A page of keys ends when it has this many characters, which bounds the memory of a list.</summary>
    private const int PageCharacters = 64 * 1024;

    public async IAsyncEnumerable<IReadOnlyList<StoredKey>> ListKeysAsync(
        KeyQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? table = null;
        if (query.Table is { } name)
        {
            table = await ReadAsync(session => session.FindTable(name), cancellationToken).ConfigureAwait(false);
            if (table is null)
            {
                yield break;
            }
        }

        var isFirst = true;
        var devices = new List<long> { 0 };
        for (var limit = FirstPageSize; devices.Count > 0;)
        {
            var seen = devices[^1];
            devices = await ReadPageAsync(session => ListDeviceIds(session, query, seen), isFirst: seen == 0).ConfigureAwait(false);
            foreach (var device in devices)
            {
                StoredKey? last = null;
                for (var isMore = true; isMore;)
                {
                    var (after, most) = (last, limit);
                    (var page, isMore, limit) = await ReadPageAsync(
                        session => ListKeys(session, device, table, query.RecordId, after, most), isFirst: isFirst).ConfigureAwait(false);
                    isFirst = false;
                    if (page.Count > 0)
                    {
                        yield return page;
                        last = page[^1];
                    }
                }
            }
        }

        // The first page is a look-up, so a short list never waits for a turn.
        ValueTask<T> ReadPageAsync<T>(Func<SqlSession, T> read, bool isFirst) =>
            isFirst ? ReadAsync(read, cancellationToken, query.Caller) : ScanAsync(read, query.Caller, cancellationToken);
    }

    public ValueTask<IReadOnlyList<(DeviceAddress Device, StoredKey Key)>> ListKeysOnRecordAsync(
        RecordRef record, string caller, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<(DeviceAddress Device, StoredKey Key)>>(
            session => ListKeysOnRecord(session, record), cancellationToken, caller);

    private static List<long> ListDeviceIds(SqlSession session, KeyQuery query, long after)
    {
        (string, SqlValue) app = ("@app", query.Application), behind = ("@after", after), limit = ("@limit", PageSize);
        using var row = (query.Device, query.Identifier) switch
        {
            (null, _) => session.Prepared(Statements.DeviceIdsAfter + Statements.InDeviceOrder).Query(app, behind, limit),
            ({ } name, null) => session.Prepared(Statements.DeviceIdsAfter + Statements.OfName + Statements.InDeviceOrder)
                .Query(app, behind, ("@device", name), limit),
            ({ } name, { } identifier) =>
                session.Prepared(Statements.DeviceIdsAfter + Statements.OfName + Statements.WithIdentifier + Statements.InDeviceOrder)
                .Query(app, behind, ("@device", name), ("@identifier", identifier), limit),
        };
        var ids = new List<long>();
        while (row.Read())
        {
            ids.Add(row.GetInt64(0));
        }

        return ids;
    }

    /// <summary>Reads a page of keys. Returns the keys, whether more may follow, and how many keys of their size fill a page.</summary>
    private static (List<StoredKey> Keys, bool IsMore, int Next) ListKeys(
        SqlSession session, long device, int? table, int? record, StoredKey? after, int most)
    {
        (string, SqlValue) ofDevice = ("@device", device), limit = ("@limit", most);
        var (afterRecord, afterName) = after is null ? (-1, "") : (after.Record.Id, after.Name);
        using var row = (table, record) switch
        {
            (null, _) => session.Prepared(Statements.KeysAfter + Statements.InKeyOrder).Query(
                ofDevice,
                ("@after_table", after is null ? int.MinValue : session.FindTable(after.Record.Table)!.Value),
                ("@after_record", afterRecord),
                ("@after_name", afterName),
                limit),
            ({ } number, null) => session.Prepared(Statements.KeysInTableAfter + Statements.InKeyOrder).Query(
                ofDevice, ("@table", number), ("@after_record", afterRecord), ("@after_name", afterName), limit),
            ({ } number, { } id) => session.Prepared(Statements.KeysOnRecordAfter + Statements.InKeyOrder).Query(
                ofDevice, ("@table", number), ("@record", id), ("@after_name", after?.Name), limit),
        };
        var keys = new List<StoredKey>();
        var characters = 0;
        while (characters < PageCharacters && row.Read())
        {
            keys.Add(ReadKey(session, row));
            characters += keys[^1].Name.Length + keys[^1].Value.Length;
        }

        var isMore = keys.Count == most || characters >= PageCharacters;
        return (keys, isMore, isMore ? Math.Clamp(PageCharacters / Math.Max(1, characters / keys.Count), 1, PageSize) : most);
    }

    private static List<(DeviceAddress Device, StoredKey Key)> ListKeysOnRecord(SqlSession session, RecordRef record)
    {
        var keys = new List<(DeviceAddress Device, StoredKey Key)>();
        if (session.FindTable(record.Table) is { } table)
        {
            using var row = session.Prepared(Statements.KeysOnRecord(session.Connection.Dialect.JoinInOrder))
                .Query(("@table", table), ("@record", record.Id));
            while (row.Read())
            {
                keys.Add((new DeviceAddress(row.GetString(9), row.GetString(10), row.GetString(11)), ReadKey(session, row)));
            }
        }

        return keys;
    }
}
