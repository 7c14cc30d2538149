namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Which properties and links a response has.</summary>
/// <param name="Selected">The properties that keep their values, in any case; other properties are null. Null selects all.</param>
/// <param name="Links">The links in the `_Links` property. Without links the response has no such property.</param>
internal readonly record struct ResponseShape(IReadOnlySet<string>? Selected, IReadOnlyList<(string Name, string Url)>? Links)
{
    /// <summary>The property that holds the links.</summary>
    public const string LinksProperty = "_Links";

    /// <summary>The suffix that the documented API adds to the name of a type with links.</summary>
    public const string LinksTypeSuffix = "WithLinks";

    /// <summary>The query parameter that selects properties.</summary>
    public const string SelectQuery = "$select";

    /// <summary>The query parameter that selects the format, of the operations that have it.</summary>
    public const string FormatQuery = "$format";

    /// <summary>The properties in a `$select` query, separated by commas. Only the first step of a path counts.</summary>
    public static IReadOnlySet<string>? ParseSelect(string? select) => string.IsNullOrWhiteSpace(select) || select.Trim() == "*"
        ? null
        : select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(path => path.Split('/', '.')[0])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
