namespace ForeignGrpc.Conformance;

/// <summary>The facts of the documented API, from the tables in the folder `Documented`.</summary>
internal static class Documented
{
    /// <summary>The 54 operations. Parameters are `name:type`, separated by `, `; a required one ends in `!`.</summary>
    public static IReadOnlyList<(string Method, string Path, string PathParameters, string Query, string Body, string Headers,
        string Responses)> Operations
    { get; } =
            [.. Rows("operations.tsv").Select(row => (row[1], row[2], row[4], row[5], row[6], row[7], row[8]))];

    /// <summary>The properties of carriers and requests, by type, in their order.</summary>
    public static IReadOnlyDictionary<string, string[]> Properties { get; } =
        Rows("types.tsv").ToDictionary(row => row[0], row => row[1].Split(", "));

    /// <summary>The words of `$filter`.</summary>
    public static IReadOnlyList<string> OperatorWords { get; } = [.. Rows("operators.tsv").Select(row => row[0]).Distinct()];

    private static IEnumerable<string[]> Rows(string file) => File
        .ReadLines(Path.Combine(Tool.Repository, "tests", "ForeignGrpc.Conformance", "Documented", file))
        .Skip(1)
        .Select(line => line.Split('\t'));
}
