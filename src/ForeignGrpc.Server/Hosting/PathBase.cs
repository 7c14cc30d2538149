using System.Text.RegularExpressions;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// The setting `PathBase`: the prefix of all paths in the addresses that clients use, such as `/erp/keys`. Default: no prefix. Links and
/// cookies have the prefix.
/// </summary>
internal sealed partial class PathBase
{
    public const string Setting = "PathBase";

    /// <exception cref="OperatorException">The setting is no path.</exception>
    public PathBase(IConfiguration configuration)
    {
        var given = configuration[Setting] ?? "";
        Path = TryParse(given) ?? throw new OperatorException(
            $"{Setting} is '{given}'. It takes a path of letters, digits, '-', '.', '_' and '~', such as '/erp/keys'.");
    }

    /// <summary>The setting, without a slash at its end; blank if it is not set.</summary>
    public PathString Path { get; }

    /// <summary>
    /// The prefix, without the slash at its end; blank for `/` and blanks. Null if the text is no valid prefix.
    /// </summary>
    public static PathString? TryParse(string path)
    {
        var trimmed = path.Trim().TrimEnd('/');
        return trimmed.Length == 0 || Shape().IsMatch(trimmed) ? new PathString(trimmed) : (PathString?)null;
    }

    /// <summary>A valid prefix: no character is special in a header, an address or JSON, and no segment is `.` or `..`.</summary>
    [GeneratedRegex(@"\A(/(?!\.{1,2}(/|\z))[A-Za-z0-9._~-]+)+\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
