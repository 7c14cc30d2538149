using System.Text;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Security;

/// <summary>The rules for names and passwords of users.</summary>
internal static class UserRules
{
    /// <summary>The longest login name, in UTF-16 units.</summary>
    public const int LongestName = 254;

    /// <summary>The longest full name, in UTF-16 units.</summary>
    public const int LongestFullName = 254;

    /// <summary>The longest password, in bytes of UTF-8.</summary>
    public const int LongestPassword = 1_024;

    /// <summary>Checks the names of a new user.</summary>
    /// <exception cref="OperatorException">A name is blank, too long, or not possible in Basic authentication.</exception>
    public static void Check(string name, string fullName)
    {
        if (name.Length is 0 or > LongestName || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new OperatorException(
                $"A login name has 1 to {LongestName} characters, no colon (Basic authentication ends it there) "
                + "and no control characters.");
        }

        if (fullName.Length is 0 or > LongestFullName || fullName.Any(char.IsControl))
        {
            throw new OperatorException($"A full name has 1 to {LongestFullName} characters and no control characters.");
        }
    }

    /// <summary>Whether a login name and a full name of another service may be those of a caller.</summary>
    public static bool MayBeNames(string name, string fullName) => name.Length is > 0 and <= LongestName
        && fullName.Length is > 0 and <= LongestFullName && !name.Any(char.IsControl) && !fullName.Any(char.IsControl);

    /// <summary>Whether a user can have this name and this password.</summary>
    public static bool MayBe(string name, string password) =>
        name.Length <= LongestName && Encoding.UTF8.GetByteCount(password) <= LongestPassword;

    /// <summary>Checks a password and returns it.</summary>
    /// <exception cref="OperatorException">The password is too long.</exception>
    public static string CheckPassword(string password) => Encoding.UTF8.GetByteCount(password) <= LongestPassword
        ? password
        : throw new OperatorException(
            $"A password has at most {LongestPassword:N0} bytes in UTF-8; this one has {Encoding.UTF8.GetByteCount(password):N0}.");
}
