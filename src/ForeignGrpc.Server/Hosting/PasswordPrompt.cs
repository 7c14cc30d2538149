using System.Text;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Takes a password from the terminal without showing it, or from standard input when that is no terminal.</summary>
internal static class PasswordPrompt
{
    /// <exception cref="StartupException">The password is blank.</exception>
    public static string Read()
    {
        var password = Console.IsInputRedirected ? Console.In.ReadLine() : Ask();
        return string.IsNullOrEmpty(password) ? throw new StartupException("The password must not be blank.") : password;
    }

    private static string Ask()
    {
        Console.Error.Write("Password: ");
        var password = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                password.Length = Math.Max(0, password.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                password.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return password.ToString();
    }
}
