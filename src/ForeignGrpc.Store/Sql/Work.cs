using System.Diagnostics;

namespace ForeignGrpc.Store.Sql;

/// <summary>Queued work for a session, and its outcome.</summary>
internal abstract class Work<TSession>(bool setsOwnSavepoint, CancellationToken cancellationToken)
{
    private long? _firstPostponed;

    /// <summary>Why the work failed; null when it has not failed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the caller cancelled the work before it began. Then it must not run.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>Whether the work waits for the lock of another transaction, and goes to the queue again.</summary>
    public bool IsPostponed { get; private set; }

    /// <summary>Whether the work sets its own savepoint.</summary>
    public bool SetsOwnSavepoint { get; } = setsOwnSavepoint;

    /// <summary>Runs the work. The caller gets the result on <see cref="Acknowledge"/>.</summary>
    public abstract void Run(TSession session);

    /// <summary>Fails the work. The first reason counts.</summary>
    public void Fail(Exception reason) => Failure ??= reason;

    /// <summary>Postpones the work. Fails it if it was first postponed longer ago than <paramref name="atMost"/>.</summary>
    public void Postpone(Exception reason, TimeSpan atMost)
    {
        _firstPostponed ??= Stopwatch.GetTimestamp();
        IsPostponed = Stopwatch.GetElapsedTime(_firstPostponed.Value) < atMost;
        if (!IsPostponed)
        {
            Fail(reason);
        }
    }

    /// <summary>Gives the caller the outcome.</summary>
    public abstract void Acknowledge();

    /// <summary>Withdraws the work if the caller has cancelled it. Call this just before the work begins.</summary>
    public bool WithdrawIfCancelled()
    {
        IsPostponed = false;
        return IsWithdrawn = cancellationToken.IsCancellationRequested;
    }
}

/// <inheritdoc cref="Work{TSession}"/>
internal class Work<TSession, T>(Func<TSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint = false)
    : Work<TSession>(setsOwnSavepoint, cancellationToken)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken = cancellationToken;

    public Task<T> Task => _outcome.Task;

    /// <summary>The result that the caller gets on <see cref="Acknowledge"/>.</summary>
    public T? Result { get; set; }

    public override void Run(TSession session) => Result = work(session);

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
            _outcome.SetResult(Result!);
        }
    }
}
