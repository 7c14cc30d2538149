using System.CommandLine;
using System.Globalization;
using ForeignGrpc.Store.Copying;
using ForeignGrpc.Store.Sqlite;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The verbs that copy the SQLite file, beside a running server, and put a copy back.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup() => Create(
        "backup", "Writes the database as it is now into a new file, while its server goes on.", "The new file.", "Backed up", SqliteBackup.Write);

    public static Command CreateRestore() => Create(
        "restore",
        $"Checks a backup and puts it in the place of the database, whose server must be stopped. What was there is kept, with {SqliteBackup.SetAside} behind its name.",
        "The backup.",
        "Restored",
        SqliteBackup.Restore);

    private static Command Create(string verb, string description, string whichFile, string done, Func<string, string, Action<CopyProgress>, long> act)
    {
        var file = new Argument<string>("file") { Description = whichFile };
        var command = new Command(verb, description) { file };
        command.SetAction(parsed =>
        {
            var configuration = Server.CreateBuilder([]).Configuration;
            if (configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Provider)}"] is { } engine && engine != StorageOptions.Sqlite)
            {
                throw new StartupException($"Storage:Provider is {engine}; back it up by its own means, such as pg_dump.");
            }

            var keys = ProgressBars.Show(report => act(StoreServices.ConnectionString(configuration, StorageOptions.Sqlite), parsed.GetRequiredValue(file), report));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} and checked: {keys:N0} keys."));
        });
        return command;
    }
}
