using System.Diagnostics;

namespace ForeignGrpc.Store.Sql;

/// <summary>Work that waits in a queue for a session: what to do, and who waits for it.</summary>
internal abstract class Work<TSession>(bool setsOwnSavepoint, CancellationToken cancellationToken)
{
    private long? _firstPostponed;

    /// <summary>Why it was not done; null when it was, or not yet.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether its caller gave up before it was begun; then it must not run.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>Whether a lock was in its way, and it is to be taken from the queue again.</summary>
    public bool IsPostponed { get; private set; }

    /// <summary>Whether the work sees to its own savepoint.</summary>
    public bool SetsOwnSavepoint { get; } = setsOwnSavepoint;

    /// <summary>Does the work; its result is kept until <see cref="Acknowledge"/>.</summary>
    public abstract void Run(TSession session);

    /// <summary>Notes that the work was not done, and why. The first reason stays.</summary>
    public void Fail(Exception reason) => Failure ??= reason;

    /// <summary>Has the work taken again later; fails it when it was first postponed longer ago than this.</summary>
    public void Postpone(Exception reason, TimeSpan atMost)
    {
        _firstPostponed ??= Stopwatch.GetTimestamp();
        IsPostponed = Stopwatch.GetElapsedTime(_firstPostponed.Value) < atMost;
        if (!IsPostponed)
        {
            Fail(reason);
        }
    }

    /// <summary>Tells the caller the outcome.</summary>
    public abstract void Acknowledge();

    /// <summary>Asked just before the work would begin.</summary>
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

    /// <summary>What the caller gets once it is acknowledged.</summary>
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
