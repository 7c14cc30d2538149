using System.CommandLine;
using System.Globalization;
using ForeignGrpc.Store.Copying;

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
            try
            {
                var rows = ProgressBars.Show(report => DatabaseCopy.Run(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), report, cancellationToken));
                var copied = string.Join(", ", rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Value:N0} {table.Key}")));
                Console.WriteLine($"Copied and compared: {copied}.");
                return Task.FromResult(0);
            }
            catch (OperationCanceledException)
            {
                throw new StartupException("The copy was interrupted; begin it again to go on.");
            }
        });
        return command;
    }
}
