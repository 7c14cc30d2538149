using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Writes each log entry as a line: time in UTC, level, category, message. Messages may contain input of callers, so control characters are
/// escaped: callers cannot forge lines or control the terminal of the operator. The lines of an exception are indented.
/// </summary>
internal sealed class LineConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new StringBuilder();
        line.Append(time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture));
        line.Append(NameOf(logEntry.LogLevel)).Append(": ").Append(logEntry.Category).Append('[').Append(logEntry.EventId.Id).Append("] ");
        AppendEscaped(line, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            foreach (var part in $"{exception}".Split('\n'))
            {
                line.AppendLine().Append("      ");
                AppendEscaped(line, part.TrimEnd('\r'));
            }
        }

        textWriter.WriteLine(line);
    }

    private static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
