using System.CommandLine;
using System.CommandLine.Invocation;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Verbs;

/// <summary>The verbs. Without a verb the server runs. Each verb takes the settings of the server, such as `--Limits:Value=1000`.</summary>
internal static class Commands
{
    /// <summary>Runs the verb in the arguments of the program, or the server. Returns the exit code.</summary>
    /// <exception cref="OperatorException">The arguments are wrong, or the verb failed.</exception>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var line = CommandLine.Parse(arguments);
        var parsed = Create(line.Settings).Parse(line.Words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            throw new OperatorException(Explain(parsed));
        }

        if (parsed.CommandResult.Command is not RootCommand)
        {
            ServerBuilder.CheckSettings(line.Settings);
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static RootCommand Create(string[] settings)
    {
        var root = new RootCommand(
            "Keeps foreign keys: the ids under which other systems know your records. "
            + "Settings, such as --Limits:Value=1000, may stand anywhere.")
        {
            UserCommands.Create(settings),
            BackupCommands.CreateBackup(settings),
            BackupCommands.CreateRestore(settings),
            CopyCommand.Create(settings),
            CopyCommand.CreateFormer(),
            CreateHealth(settings),
        };
        root.SetAction(async (_, cancellationToken) =>
        {
            await using var app = await ServerBuilder.BuildAsync(settings);
            await ServerBuilder.StartAsync(app);
            await app.WaitForShutdownAsync(cancellationToken);
        });
        return root;
    }

    private static Command CreateHealth(string[] settings)
    {
        var command = new Command("health", "Checks whether the server on this machine with the same settings is ready.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var configuration = ServerBuilder.CreateBuilder(settings).Configuration;
            configuration.AddListenAddresses();
            Console.WriteLine(
                await HealthProbe.AskAsync(HealthProbe.Target(configuration["Kestrel:Endpoints:Rest:Url"]!), cancellationToken));
        });
        return command;
    }

    /// <summary>
    /// The error in the words, in one line, and a suggestion. The line does not repeat values, because a value may be secret.
    /// </summary>
    private static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var right = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)
            .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name)).ToArray();
        var unknown = parsed.UnmatchedTokens.Select(word => word.Split('=')[0]).ToArray();
        var meant = unknown
            .Select(word => word.StartsWith("--", StringComparison.Ordinal) && word.Contains("__", StringComparison.Ordinal)
                ? word.Replace("__", ":", StringComparison.Ordinal)
                : Spelling.Nearest(word, right))
            .FirstOrDefault(word => word is not null);
        var wrong = unknown.Length > 0
            ? [$"There is no {string.Join(", ", unknown.Select(word => $"'{word}'"))} here."]
            : parsed.Errors.Select(error => error.Message.Replace(Environment.NewLine, " ", StringComparison.Ordinal)).Distinct();
        return string.Join(' ', wrong) + (meant is null ? "" : $" Did you mean '{meant}'?");
    }
}
