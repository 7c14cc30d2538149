namespace ForeignGrpc.Store.Sql;

/// <summary>One write in the queue: what to do, and who waits for it.</summary>
internal abstract class WriteItem(bool guardsItself, CancellationToken cancellationToken)
{
    protected Exception? Failure { get; private set; }

    /// <summary>Whether its caller gave up before it was begun; then it must not run.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>Whether the work sees to its own savepoint.</summary>
    public bool GuardsItself { get; } = guardsItself;

    /// <summary>Does the work; its result is kept until <see cref="Acknowledge"/>.</summary>
    public abstract void Run(SqlWriteSession session);

    /// <summary>Notes that the work was not done, and why. The first reason stays.</summary>
    public void Fail(Exception reason) => Failure ??= reason;

    /// <summary>Tells the caller the outcome.</summary>
    public abstract void Acknowledge();

    /// <summary>Asked once, just before the work would begin.</summary>
    public bool WithdrawIfCancelled() => IsWithdrawn = cancellationToken.IsCancellationRequested;
}

/// <inheritdoc cref="WriteItem"/>
internal sealed class WriteItem<T>(Func<SqlWriteSession, T> work, bool guardsItself, CancellationToken cancellationToken)
    : WriteItem(guardsItself, cancellationToken)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken = cancellationToken;
    private T? _result;

    public Task<T> Task => _outcome.Task;

    public override void Run(SqlWriteSession session) => _result = work(session);

    public override void Acknowledge()
    {
        if (Failure is { } reason)
        {
            _outcome.SetException(reason);
        }
        else if (IsWithdrawn)
        {
            _outcome.SetCanceled(_cancellationToken);
        }
        else
        {
            _outcome.SetResult(_result!);
        }
    }
}
