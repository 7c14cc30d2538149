using System.CommandLine;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The command line: without a verb the server runs; arguments that are no verb are settings, such as `--Limits:Value=1000`.</summary>
internal static class Commands
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Keeps foreign keys: the ids under which other systems know your records.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = await Server.BuildAsync([.. parsed.UnmatchedTokens]);
            await Server.StartAsync(app);
            await app.WaitForShutdownAsync(cancellationToken);
        });
        root.Add(UserCommands.Create());
        root.Add(BackupCommands.CreateBackup());
        root.Add(BackupCommands.CreateRestore());
        root.Add(MigrateCommand.Create());
        root.Add(CreateHealth());
        return root;
    }

    private static Command CreateHealth()
    {
        var command = new Command("health", "Asks the server that runs here with the same settings whether it is ready.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var configuration = Server.CreateBuilder([]).Configuration;
            configuration.AddListenAddresses();
            Console.WriteLine(await HealthProbe.AskAsync(HealthProbe.Target(configuration["Kestrel:Endpoints:Rest:Url"]!), cancellationToken));
        });
        return command;
    }
}
