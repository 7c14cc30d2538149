using ForeignGrpc.Store.Model;
using Spectre.Console;

namespace ForeignGrpc.Server.Verbs;

/// <summary>Shows the progress of a long verb: a bar for each step on a terminal, otherwise a line from time to time.</summary>
internal static class ProgressBars
{
    /// <summary>Runs work that reports its progress. Returns the result of the work.</summary>
    public static T Show<T>(Func<Action<CopyProgress>, T> work) => AnsiConsole.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            new RemainingTimeColumn())
        .Start(progress =>
        {
            var bars = new Dictionary<string, ProgressTask>();
            return work(step =>
            {
                lock (bars)
                {
                    if (!bars.TryGetValue(step.Step, out var bar))
                    {
                        bars[step.Step] = bar = progress.AddTask(step.Step, maxValue: Math.Max(1, step.Of));
                    }

                    bar.Value = step.Of == 0 ? bar.MaxValue : step.Done;
                }
            });
        });
}
