namespace ForeignGrpc.Store.Postgres;

/// <summary>What a <see cref="PostgresWorker{TSession}"/> does after a failure.</summary>
internal enum Recovery
{
    /// <summary>Roll back, and run the work again on the same connection: another transaction was in the way.</summary>
    Retry,

    /// <summary>Run the work again on a new connection: the old one broke before anything was committed.</summary>
    Reconnect,

    /// <summary>Roll back, and fail the work: nothing was changed.</summary>
    Fail,

    /// <summary>Fail the work: the connection broke during a commit, and the change was made or not.</summary>
    FailInDoubt,
}
