using System.Text.Json.Nodes;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>
/// The OpenAPI documents as linters see them: they report nothing but what `lint-reasons.tsv` gives a reason for, and that they report.
/// </summary>
public sealed class LintTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    public static TheoryData<string> Documents => ["v1.json", "3.0/v1.yaml"];

    [NodeTheory]
    [MemberData(nameof(Documents))]
    public async Task Redocly_ReportsOnlyWhatIsDocumentedSo(string document)
    {
        using var folder = new TemporaryFolder();
        var redocly = await OpenApiTools.NodeToolAsync("redocly");
        var path = await OpenApiTools.SaveDocumentAsync(server, folder.FullName, document);

        var (_, output, error) = await Tool.RunAsync(redocly, ["lint", path, "--format=json"], folder.FullName, environment: new()
        {
            ["REDOCLY_TELEMETRY"] = "off",
            ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
        });

        Assert.True(output.Contains('{', StringComparison.Ordinal), error);
        var problems = JsonNode.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..])!["problems"]!.AsArray();
        AssertReasons("redocly", problems.Select(problem => ((string)problem!["ruleId"]!, (string)problem["message"]!)));
    }

    [NodeTheory]
    [MemberData(nameof(Documents))]
    public async Task Spectral_ReportsOnlyWhatIsDocumentedSo(string document)
    {
        using var folder = new TemporaryFolder();
        var spectral = await OpenApiTools.NodeToolAsync("spectral");
        var path = await OpenApiTools.SaveDocumentAsync(server, folder.FullName, document);
        var rules = Path.Combine(OpenApiTools.Folder, "spectral.yaml");

        var (_, output, error) = await Tool.RunAsync(spectral, ["lint", path, "-r", rules, "-f", "json", "-q"], folder.FullName);

        Assert.True(output.Contains('[', StringComparison.Ordinal), error);
        var problems = JsonNode.Parse(output[output.IndexOf('[', StringComparison.Ordinal)..])!.AsArray();
        AssertReasons("spectral", problems.Select(problem => ((string)problem!["code"]!, (string)problem["message"]!)));
    }

    private static void AssertReasons(string tool, IEnumerable<(string Rule, string Message)> problems)
    {
        var reasons = File.ReadLines(Path.Combine(OpenApiTools.Folder, "lint-reasons.tsv"))
            .Skip(1)
            .Select(line => line.Split('\t'))
            .Where(row => row[0] == tool && row[2].Length > 0)
            .Select(row => row[1]);
        var found = problems.ToLookup(problem => problem.Rule, problem => problem.Message);

        Assert.True(
            found.Select(rule => rule.Key).ToHashSet().SetEquals(reasons),
            $"{tool} reports:\n{string.Join('\n', found.Select(rule => $"{rule.Key}: {string.Join("; ", rule)}"))}");
    }
}
