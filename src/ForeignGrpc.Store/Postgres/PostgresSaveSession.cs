using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A session that keys are saved in, with what its saver remembers.</summary>
internal sealed class PostgresSaveSession : SqlWriteSession
{
    public PostgresSaveSession(PostgresConnection connection, TimeProvider time)
        : base(connection, time) => Saver = new KeySaver(this);

    public KeySaver Saver { get; }

    public override void Forget()
    {
        Saver.Forget();
        base.Forget();
    }
}
