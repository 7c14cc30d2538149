namespace ForeignGrpc.Conformance;

/// <summary>A request as it arrived at the stand-in.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target, as it was sent.</param>
/// <param name="Headers">Its headers; values of one name are joined by a line feed.</param>
internal sealed record SeenRequest(string Method, string Target, Dictionary<string, string> Headers)
{
    /// <summary>The value of a header; null if there is none.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All that it says, for a search.</summary>
    public string Text => $"{Method} {Target} {string.Join(' ', Headers.Select(header => $"{header.Key}: {header.Value}"))}";
}
