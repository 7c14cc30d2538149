using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>A session that writes. The names that it remembers are its own, as those that it adds may yet be rolled back.</summary>
internal class SqlWriteSession(Connection connection, TimeProvider time) : SqlSession(connection, new TableNames(), new PersonNames())
{
    /// <summary>Now, in Unix microseconds.</summary>
    public long Now() => Instants.ToMicroseconds(time.GetUtcNow());

    /// <summary>Called before the first of several changes: should the work under way fail, those from here on are undone.</summary>
    public virtual void SetSavepoint()
    {
    }

    /// <summary>Forgets what it remembers, after something was rolled back.</summary>
    public virtual void Forget() => ForgetNames();

    /// <summary>
    /// Called after a change of applications or devices that what is remembered of them may not survive; returns what the change gave.
    /// </summary>
    public virtual T ForgetAfter<T>(T result) => result;

    public virtual long? FindDevice(DeviceAddress device) => Prepared(Connection.Dialect.ForKeyShare(Statements.FindDeviceId, "a, d"))
        .Number(("@app", device.Application), ("@device", device.Device), ("@identifier", device.Identifier!));

    public virtual long FindOrAddDevice(DeviceAddress device, long now, long person)
    {
        if (FindDevice(device) is { } found)
        {
            return found;
        }

        var app = FindOrAddApp(device.Application, now, person);
        (string, SqlValue) name = ("@name", device.Device), identifier = ("@identifier", device.Identifier!);
        var added = Add(Statements.AddDevice, ("@app", app), name, identifier, ("@now", now), ("@person", person));
        NoteChange(app);
        return added;
    }

    /// <summary>Gives the application another version, as one of its devices was added, changed or deleted.</summary>
    public void NoteChange(long app) => Prepared(Statements.NoteChange).Execute(("@id", app));

    public virtual long FindOrAddApp(string name, long now, long person) =>
        Prepared(Connection.Dialect.ForKeyShare(Statements.FindAppId, "a")).Number(("@name", name))
        ?? Add(Statements.AddApp, ("@name", name), ("@now", now), ("@person", person));

    public long FindOrAddPerson(Author author) => FindPerson(author) ?? Add(Statements.AddPerson, ("@name", author.FullName));

    /// <summary>Registers a table name, with the next number.</summary>
    public int AddTable(string name, long person)
    {
        (string, SqlValue) first = ("@first", TableCatalogue.FirstRegistered), folded = ("@folded", TableCatalogue.Fold(name));
        return (int)Add(Statements.AddTable, first, ("@name", name), folded, ("@person", person));
    }

    /// <summary>Adds what a change behind it needs; returns its number.</summary>
    private long Add(string sql, params ReadOnlySpan<(string, SqlValue)> values)
    {
        SetSavepoint();
        return Prepared(sql).Number(values)!.Value;
    }
}
