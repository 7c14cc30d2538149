using System.CommandLine;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Verbs;

/// <summary>The verbs that manage users, also beside running servers. When a verb ends, its change holds on all servers.</summary>
internal static class UserCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "The login name." };
    private static readonly Option<UserRole> Role = new("--role") { Description = "What the user may do.", Required = true };

    public static Command Create(string[] settings) => new("users", "Manages the users of the service.")
    {
        CreateAdd(settings),
        CreateList(settings),
        CreateChange(
            settings, "set-role", "Changes a user's role.", "has the role", parsed =>
                new UserChange(Role: parsed.GetRequiredValue(Role)), Role),
        CreateChange(
            settings,
            "set-password",
            "Changes a user's password and ends the user's tickets and sessions. Asks for the password, or reads it from standard input.",
            "has a new password; role",
            _ => new UserChange(PasswordHash: new Passwords().Hash(UserRules.CheckPassword(PasswordPrompt.Read())))),
        CreateChange(
            settings, "disable", "Disables a user at once, and with it the tickets and sessions of the user.", "is disabled; role", _ =>
                new UserChange(Disabled: true)),
        CreateChange(settings, "enable", "Enables a disabled user.", "is enabled; role", _ => new UserChange(Disabled: false)),
    };

    private static Command CreateAdd(string[] settings)
    {
        var fullName = new Option<string?>("--full-name")
        {
            Description = "The name that CreatedBy and UpdatedBy show. Default: the login name.",
        };
        var create = new Option<bool>("--create") { Description = "Creates the database if it is missing." };
        var command = new Command("add", "Adds a user. Asks for the password, or reads it from standard input.")
        {
            Name, Role, fullName, create,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (login, shown) = (parsed.GetRequiredValue(Name), parsed.GetValue(fullName) ?? parsed.GetRequiredValue(Name));
            UserRules.Check(login, shown);
            await WithUsersAsync(
                settings,
                async users =>
                {
                    var user = new User(
                        login, shown, parsed.GetRequiredValue(Role), new Passwords().Hash(UserRules.CheckPassword(PasswordPrompt.Read())));
                    await users.AddUserAsync(user, cancellationToken);
                    Console.WriteLine($"Added {Text(user.Role)} '{user.Name}'.");
                },
                creates: parsed.GetValue(create));
        });
        return command;
    }

    private static Command CreateList(string[] settings)
    {
        var command = new Command("list", "Lists all users: name, role, whether disabled, full name.");
        command.SetAction((_, cancellationToken) => WithUsersAsync(settings, async users =>
        {
            foreach (var user in await users.ListUsersAsync(cancellationToken))
            {
                Console.WriteLine($"{user.Name}\t{Text(user.Role)}\t{(user.Disabled ? "disabled" : "enabled")}\t{user.FullName}");
            }
        }));
        return command;
    }

    private static Command CreateChange(
        string[] settings, string verb, string description, string done, Func<ParseResult, UserChange> change, params Option[] options)
    {
        var command = new Command(verb, description) { Name };
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => WithUsersAsync(settings, async users =>
        {
            var user = await new UserChanges(users).ChangeAsync(parsed.GetRequiredValue(Name), change(parsed), cancellationToken);
            Console.WriteLine($"'{user.Name}' {done} {Text(user.Role)}.");
        }));
        return command;
    }

    private static async Task WithUsersAsync(string[] settings, Func<IUserStore, Task> act, bool creates = false)
    {
        var builder = ServerBuilder.CreateBuilder(settings);
        builder.Services.AddStore(prepares: creates, isAlone: false);
        await using var app = builder.Build();
        var users = app.Services.GetRequiredService<IUserStore>();
        Console.Error.WriteLine($"Database: {StoreServices.Describe(builder.Configuration)}");
        await act(users);
    }

    private static string Text(UserRole role) => role.ToString().ToLowerInvariant();
}
