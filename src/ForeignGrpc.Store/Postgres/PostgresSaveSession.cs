using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A session that keys are saved in, with what its saver remembers.</summary>
internal sealed class PostgresSaveSession : SqlWriteSession
{
    public PostgresSaveSession(PostgresConnection connection, TimeProvider time)
        : base(connection, time) => Saver = new KeyBatchWriter(this);

    public KeyBatchWriter Saver { get; }

    public override void Forget()
    {
        Saver.Forget();
        base.Forget();
    }
}
