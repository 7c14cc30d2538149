using ForeignGrpc.Server.Hosting;

namespace ForeignGrpc.Server.Security;

/// <summary>What holds for users' names.</summary>
internal static class UserRules
{
    /// <summary>Longest login name, in UTF-16 units.</summary>
    public const int LongestName = 254;

    /// <summary>Longest full name, in UTF-16 units.</summary>
    public const int LongestFullName = 254;

    /// <exception cref="StartupException">A name is blank, too long, or one that Basic authentication cannot carry.</exception>
    public static void Check(string name, string fullName)
    {
        if (name.Length is 0 or > LongestName || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new StartupException($"A login name has 1 to {LongestName} characters, no colon (Basic authentication ends it there) and no control characters.");
        }

        if (fullName.Length is 0 or > LongestFullName || fullName.Any(char.IsControl))
        {
            throw new StartupException($"A full name has 1 to {LongestFullName} characters and no control characters.");
        }
    }
}
