using System.CommandLine;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

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
        root.Add(new Command("users", "Manages the users of the service.") { CreateUsersAdd() });
        root.Add(CreateHealth());
        return root;
    }

    private static Command CreateUsersAdd()
    {
        var name = new Argument<string>("name") { Description = "The login name." };
        var role = new Option<UserRole>("--role") { Description = "What the user may do.", Required = true };
        var fullName = new Option<string?>("--full-name") { Description = "What CreatedBy and UpdatedBy show; the login name unless given." };
        var command = new Command("add", "Adds a user. The password is asked for, or read from standard input.") { name, role, fullName };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (login, shown) = (parsed.GetRequiredValue(name), parsed.GetValue(fullName) ?? parsed.GetRequiredValue(name));
            UserRules.Check(login, shown);
            var password = PasswordPrompt.Read();
            var builder = Server.CreateBuilder([]);
            builder.Services.AddStore();
            await using var app = builder.Build();
            var user = new User(login, shown, parsed.GetRequiredValue(role), new Passwords().Hash(password));
            await app.Services.GetRequiredService<IForeignSystemStore>().AddUserAsync(user, cancellationToken);
            Console.WriteLine($"Added {user.Role.ToString().ToLowerInvariant()} '{user.Name}'.");
        });
        return command;
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
