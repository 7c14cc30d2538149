namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>How a response is shown beyond what its message says.</summary>
/// <param name="Selected">The properties that keep their values, in any case; the others are null. Null selects all.</param>
/// <param name="Links">The links of the `_Links` property, which is only there where there are some.</param>
internal readonly record struct ResponseShape(IReadOnlySet<string>? Selected, IReadOnlyList<(string Name, string Url)>? Links)
{
    /// <summary>The property that holds the links.</summary>
    public const string LinksProperty = "_Links";

    /// <summary>What the documented API adds to the name of a type that has links.</summary>
    public const string LinksTypeSuffix = "WithLinks";

    /// <summary>The query parameter that selects properties.</summary>
    public const string SelectQuery = "$select";

    /// <summary>The query parameter that chooses the format, where an operation has it.</summary>
    public const string FormatQuery = "$format";

    /// <summary>The properties that a `$select` query names: separated by commas, and of a path its first step counts.</summary>
    public static IReadOnlySet<string>? ParseSelect(string? select) => string.IsNullOrWhiteSpace(select) || select.Trim() == "*"
        ? null
        : select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(path => path.Split('/', '.')[0])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
