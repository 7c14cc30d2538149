using ForeignGrpc.Store.Model;
using Spectre.Console;

namespace ForeignGrpc.Server.Verbs;

/// <summary>A bar on the terminal for each step of a verb that takes long; a line now and then where there is no terminal.</summary>
internal static class ProgressBars
{
    /// <summary>Runs the work, which reports how far it is; returns its result.</summary>
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
