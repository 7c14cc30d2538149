using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>A session for writes. It has caches of names of its own, because new names may be rolled back.</summary>
internal class SqlWriteSession(Connection connection, TimeProvider time)
    : SqlSession(connection, new TableNames(), new PersonNames(), time)
{
    /// <summary>Sets a savepoint before the first of several changes. If the work fails, the changes after it are undone.</summary>
    public virtual void SetSavepoint()
    {
    }

    /// <summary>Clears all caches after a rollback.</summary>
    public virtual void Forget() => ForgetNames();

    /// <summary>Clears the caches of applications and devices after a change of them; returns the result of the change.</summary>
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

    /// <summary>Gives an application a new version after one of its devices was added, changed or deleted.</summary>
    public void NoteChange(long app) => Prepared(Statements.NoteChange).Execute(("@id", app));

    public virtual long FindOrAddApp(string name, long now, long person) =>
        Prepared(Connection.Dialect.ForKeyShare(Statements.FindAppId, "a")).Number(("@name", name))
        ?? Add(Statements.AddApp, ("@name", name), ("@now", now), ("@person", person));

    public long FindOrAddPerson(Author author) => FindPerson(author) ?? Add(Statements.AddPerson, ("@name", author.FullName));

    /// <summary>Registers a table name; returns its number.</summary>
    public int AddTable(string name, long person)
    {
        (string, SqlValue) first = ("@first", TableCatalogue.FirstRegistered), folded = ("@folded", TableCatalogue.Fold(name));
        return (int)Add(Statements.AddTable, first, ("@name", name), folded, ("@person", person));
    }

    /// <summary>Adds a row that a later change of the same work needs; returns its number.</summary>
    private long Add(string sql, params ReadOnlySpan<(string, SqlValue)> values)
    {
        SetSavepoint();
        return Prepared(sql).Number(values)!.Value;
    }
}
