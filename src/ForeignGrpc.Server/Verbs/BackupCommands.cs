using System.CommandLine;
using System.Globalization;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sqlite;

namespace ForeignGrpc.Server.Verbs;

/// <summary>The verbs that back up the SQLite file, also beside a running server, and restore a backup.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup(string[] settings) => Create(
        settings,
        "backup",
        "Writes a snapshot of the database into a new file. Its server may keep running.",
        "The new file.",
        (database, file, report) => $"Backed up and checked: {SqliteBackup.Write(database, file, report):N0} keys.");

    public static Command CreateRestore(string[] settings) => Create(
        settings,
        "restore",
        "Checks a backup and replaces the database with it. Stop the server first. "
        + $"The old database is kept, with {SqliteBackup.SetAside} after its name.",
        "The backup.",
        (database, file, report) =>
        {
            var (keys, leftovers) = SqliteBackup.Restore(database, file, report);
            return leftovers.Count == 0
                ? $"Restored and checked: {keys:N0} keys."
                : (FormattableString)$"""
                Another database left files here that may hold saves. They are kept as: {string.Join(", ", leftovers)}.
                Restored and checked: {keys:N0} keys.
                """;
        });

    private static Command Create(
        string[] settings,
        string verb,
        string description,
        string whichFile,
        Func<string, string, Action<CopyProgress>, FormattableString> act)
    {
        var file = new Argument<string>("file") { Description = whichFile };
        var command = new Command(verb, description) { file };
        command.SetAction(parsed =>
        {
            var configuration = ServerBuilder.CreateBuilder(settings).Configuration;
            if (StoreServices.Provider(configuration) is var engine && engine != StorageOptions.Sqlite)
            {
                throw new OperatorException($"Storage:Provider is {engine}. Back the database up with its own tools, such as pg_dump.");
            }

            var database = StoreServices.ConnectionString(configuration, engine);
            Console.WriteLine($"Database: {SqliteStore.Describe(database)}");
            var done = ProgressBars.Show(report => act(database, parsed.GetRequiredValue(file), report));
            Console.WriteLine(done.ToString(CultureInfo.InvariantCulture));
        });
        return command;
    }
}
