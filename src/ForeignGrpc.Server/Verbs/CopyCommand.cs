using System.CommandLine;
using System.Globalization;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.CopyToPostgres;
using ForeignGrpc.Store.Postgres;

namespace ForeignGrpc.Server.Verbs;

/// <summary>The verb that copies everything from SQLite to PostgreSQL.</summary>
internal static class CopyCommand
{
    private const string Verb = "copy-to-postgres";

    private const string Setting = $"ConnectionStrings__{StorageOptions.ConnectionName}";

    public static Command Create(string[] settings)
    {
        var from = new Option<string>("--from")
        {
            Description = "The SQLite file. Stop its server first. The file is not changed.",
            Required = true,
        };
        var to = new Option<string>("--to-file")
        {
            Description = "A file with the connection string of the empty PostgreSQL database. "
                + $"Default: the environment variable {Setting}.",
        };
        var former = new Option<string>("--to") { Hidden = true };
        var command = new Command(
            Verb,
            "Copies everything from a SQLite file to PostgreSQL and compares both. Run it again after an interruption to continue.")
        {
            from, to, former,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(former) is not null
                || settings.Any(setting => setting.StartsWith("--ConnectionStrings:", StringComparison.OrdinalIgnoreCase)))
            {
                throw new OperatorException(
                    "Every user of this machine can read the arguments of a program. "
                    + $"Put the connection string into the environment variable {Setting}, or into a file, and name it with --to-file.");
            }

            var target = Target(settings, parsed.GetValue(to));
            Console.WriteLine($"From: {Path.GetFullPath(parsed.GetRequiredValue(from))}");
            Console.WriteLine($"To: {PostgresStore.Describe(target)}");
            try
            {
                var rows = ProgressBars.Show(report => DatabaseCopy.Run(parsed.GetRequiredValue(from), target, report, cancellationToken));
                var copied = string.Join(
                    ", ", rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Value:N0} {table.Key}")));
                Console.WriteLine($"Copied and compared: {copied}.");
                return Task.FromResult(0);
            }
            catch (OperationCanceledException)
            {
                throw new OperatorException("The copy was interrupted. Run the command again to continue.");
            }
        });
        return command;
    }

    /// <summary>The old name of the verb. Users may take that name for an update of the schema.</summary>
    public static Command CreateFormer()
    {
        var command = new Command("migrate") { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction(int (_) => throw new OperatorException($"The verb 'migrate' is called '{Verb}' now."));
        return command;
    }

    private static string Target(string[] settings, string? file)
    {
        try
        {
            return (
                file is null
                    ? ServerBuilder.CreateBuilder(settings).Configuration.GetConnectionString(StorageOptions.ConnectionName)
                    : File.ReadAllText(file).Trim())
                ?? throw new OperatorException(
                    "The PostgreSQL database is not set. "
                    + $"Put its connection string into the environment variable {Setting}, or into a file, and name it with --to-file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--to-file cannot be read: {e.Message}");
        }
    }
}
