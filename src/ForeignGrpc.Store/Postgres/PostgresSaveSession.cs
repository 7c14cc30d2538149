using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>The session in which keys are saved, with its batch writer.</summary>
internal sealed class PostgresSaveSession : SqlWriteSession
{
    public PostgresSaveSession(PostgresConnection connection, TableRegistry registry, TimeProvider time)
        : base(connection, time) => Batches = new KeyBatchWriter(this, registry);

    /// <summary>Saves keys in batches in this session.</summary>
    public KeyBatchWriter Batches { get; }

    public override void Forget()
    {
        Batches.Forget();
        base.Forget();
    }
}
