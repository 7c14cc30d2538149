using System.Text.RegularExpressions;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// The setting `PathBase`: the path that stands before those of the server in the addresses that clients use, such as `/erp/keys`. Default
/// none. Links and cookies have it.
/// </summary>
internal sealed partial class PathBase
{
    public const string Setting = "PathBase";

    /// <exception cref="OperatorException">It is no path.</exception>
    public PathBase(IConfiguration configuration)
    {
        var given = configuration[Setting] ?? "";
        Path = TryParse(given) ?? throw new OperatorException(
            $"{Setting} is '{given}'. It takes a path of letters, digits, '-', '.', '_' and '~', such as '/erp/keys'.");
    }

    /// <summary>The setting, without a slash at its end; blank when there is none.</summary>
    public PathString Path { get; }

    /// <summary>
    /// A path that can stand before others, without the slash at its end; blank for `/` and blanks. Null when it is none.
    /// </summary>
    public static PathString? TryParse(string path)
    {
        var trimmed = path.Trim().TrimEnd('/');
        return trimmed.Length == 0 || Shape().IsMatch(trimmed) ? new PathString(trimmed) : (PathString?)null;
    }

    /// <summary>None of its characters means anything in a header, an address or JSON, and no segment is `.` or `..`.</summary>
    [GeneratedRegex(@"\A(/(?!\.{1,2}(/|\z))[A-Za-z0-9._~-]+)+\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
