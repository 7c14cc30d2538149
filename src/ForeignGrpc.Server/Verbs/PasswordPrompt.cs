using System.Text;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store;

namespace ForeignGrpc.Server.Verbs;

/// <summary>Reads a password from the terminal without showing it, or from standard input if that is no terminal.</summary>
internal static class PasswordPrompt
{
    /// <summary>The longest password, in UTF-16 units. Every authentication scheme can carry it.</summary>
    private const int Longest = 500;

    /// <exception cref="OperatorException">The password is blank or too long, or is not UTF-8.</exception>
    public static string Read()
    {
        var password = Console.IsInputRedirected ? ReadLine() : Ask();
        return password switch
        {
            null or "" => throw new OperatorException("The password must not be blank."),
            { Length: > Longest } => throw new OperatorException($"The password has more than {Longest} characters."),
            _ => password,
        };
    }

    /// <summary>The first line of standard input, without the byte order mark that some shells and editors write.</summary>
    private static string? ReadLine()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), StrictUtf8.Encoding);
        try
        {
            return input.ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw new OperatorException("The password is not UTF-8.");
        }
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
