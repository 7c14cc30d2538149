using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Calls;

/// <summary>
/// Logs every failed call in one entry, with the trace id that the caller got. Failures of the server are errors with their exception.
/// Failures of callers are information, at most <see cref="LinesPerMinute"/> a minute, so that callers cannot fill the log. The others are
/// debug entries, as are requests that cannot be read and calls during an outage of the store.
/// </summary>
internal sealed partial class FailureLog(StoreOutage outage, TimeProvider time, ILogger<FailureLog> logger)
{
    /// <summary>The most entries about failures of callers in a minute; as many for authenticated callers as for all others.</summary>
    public const int LinesPerMinute = 60;

    private const int LongestCall = 120;
    private const int LongestReason = 300;

    private readonly LineBudget _known = new(time, LinesPerMinute);
    private readonly LineBudget _unknown = new(time, LinesPerMinute);

    /// <summary>Logs a failed call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="status">The status that the caller gets.</param>
    /// <param name="failure">Why the call failed.</param>
    public void Write(HttpContext context, string status, Failure failure)
    {
        switch (failure.InnerException)
        {
            case StoreException store when outage.Note(store):
                Write(LogInOutage, context, status, failure.Message);
                break;
            case { } cause:
                LogServerFailed(Call(context), status, TraceId.Of(context), failure.Message, cause);
                break;
            case null when failure.IsUnreadable:
                Write(LogUnseen, context, status, failure.Message);
                break;
            default:
                Write(context, status, () => failure.Message);
                break;
        }
    }

    /// <summary>Logs a call that was rejected.</summary>
    public void Write(HttpContext context, string status, Text reason) => Write(context, status, () => reason.In(null));

    private static void Write(
        Action<string, string, string, string> log, HttpContext context, string status, string reason) =>
        log(Call(context), status, TraceId.Of(context), Excerpt.Of(reason, LongestReason));

    private static string Call(HttpContext context) => Excerpt.Of(
        $"{context.Request.Method} {context.Request.PathBase.ToUriComponent()}{context.Request.Path.ToUriComponent()}", LongestCall);

    private void Write(HttpContext context, string status, Func<string> reason)
    {
        var budget = context.Features.Get<Caller>() is null ? _unknown : _known;
        var mayBeSeen = budget.TryTake(out var leftOut) && !context.RequestAborted.IsCancellationRequested;
        if (leftOut > 0)
        {
            LogLeftOut(leftOut);
        }

        if (mayBeSeen)
        {
            Write(LogCallerFailed, context, status, reason());
        }
        else if (logger.IsEnabled(LogLevel.Debug))
        {
            Write(LogUnseen, context, status, reason());
        }
    }

    [LoggerMessage(6001, LogLevel.Error, "{Call} failed with {Status}, trace {TraceId}: {Reason}")]
    private partial void LogServerFailed(string call, string status, string traceId, string reason, Exception e);

    [LoggerMessage(6002, LogLevel.Information, "{Call} failed with {Status}, trace {TraceId}: {Reason}")]
    private partial void LogCallerFailed(string call, string status, string traceId, string reason);

    [LoggerMessage(6003, LogLevel.Debug, "{Call} failed with {Status}, trace {TraceId}: {Reason}")]
    private partial void LogUnseen(string call, string status, string traceId, string reason);

    [LoggerMessage(6004, LogLevel.Debug, "{Call} failed with {Status} during an outage of the database, trace {TraceId}: {Reason}")]
    private partial void LogInOutage(string call, string status, string traceId, string reason);

    [LoggerMessage(6005, LogLevel.Information, "{Count} more calls failed in the last minute; the level Debug logs all.")]
    private partial void LogLeftOut(int count);
}
