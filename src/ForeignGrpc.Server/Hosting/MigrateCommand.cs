using System.CommandLine;
using System.Globalization;
using ForeignGrpc.Store.Copying;
using Spectre.Console;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The verb that moves everything from SQLite to PostgreSQL.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "The SQLite file. Stop its server first; the file stays as it is.", Required = true };
        var to = new Option<string>("--to") { Description = "The connection string of the PostgreSQL database, which is empty.", Required = true };
        var command = new Command("migrate", "Copies everything from a SQLite file to PostgreSQL and compares the two. Goes on where it ended when it was interrupted.") { from, to };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (file, target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
            IReadOnlyDictionary<string, long> rows = new Dictionary<string, long>();
            try
            {
                AnsiConsole.Progress()
                    .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                    .Start(progress => rows = DatabaseCopy.Run(file, target, Show(progress), cancellationToken));
            }
            catch (OperationCanceledException)
            {
                throw new StartupException("The copy was interrupted; begin it again to go on.");
            }

            var copied = string.Join(", ", rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Value:N0} {table.Key}")));
            Console.WriteLine($"Copied and compared: {copied}.");
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>A bar for each step.</summary>
    private static Action<CopyProgress> Show(ProgressContext progress)
    {
        var bars = new Dictionary<string, ProgressTask>();
        return step =>
        {
            if (!bars.TryGetValue(step.Step, out var bar))
            {
                bars[step.Step] = bar = progress.AddTask(step.Step, maxValue: Math.Max(1, step.Of));
            }

            bar.Value = step.Of == 0 ? bar.MaxValue : step.Done;
        };
    }
}
