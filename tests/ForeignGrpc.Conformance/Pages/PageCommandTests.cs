using System.Text.RegularExpressions;

namespace ForeignGrpc.Conformance;

/// <summary>The commands of the pages: their projects, verbs and options exist.</summary>
public sealed partial class PageCommandTests
{
    private static readonly string[] SdkVerbs = ["run", "test", "build", "format"];

    [Fact]
    public async Task DotnetCommands_NameProjectsVerbsAndOptionsThatExist()
    {
        var commands = Page.All.SelectMany(path => new Page(path).Commands("dotnet").Select(command => (path, command))).ToList();

        Assert.True(commands.Count > 20, $"Only {commands.Count} commands were found.");
        foreach (var (path, command) in commands)
        {
            var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(
                SdkVerbs.Contains(words[1])
                    || words[1].EndsWith("/ForeignGrpc.Server.dll", StringComparison.Ordinal), $"{path}: {command}");
            if (Project().Match(command) is { Success: true } project)
            {
                var folder = Path.Combine(Tool.Repository, project.Groups["folder"].Value);
                Assert.True(Directory.EnumerateFiles(folder, "*.csproj").Any(), $"{path}: there is no project in {folder}.");
            }

            if (Server().Match(command) is { Success: true } server)
            {
                await CheckVerbAsync(path, server.Groups["words"].Value.Split(' '));
            }
        }
    }

    [Fact]
    public void BenchmarkCommands_NameWhatTheProgramDoes()
    {
        var program = File.ReadAllText(Path.Combine(Tool.Repository, "tests", "ForeignGrpc.Benchmarks", "Program.cs"));
        var verbs = Page.All.SelectMany(path => new Page(path).Commands("dotnet")).Select(command => Benchmark().Match(command))
            .Where(command => command.Success).Select(command => command.Groups["verb"].Value).ToList();

        Assert.NotEmpty(verbs);
        Assert.All(verbs, verb => Assert.Contains($"[\"{verb}\"", program, StringComparison.Ordinal));
    }

    /// <summary>The program's own help has the words up to the first that is a value, and the options.</summary>
    private static async Task CheckVerbAsync(string path, string[] words)
    {
        var verb = words.TakeWhile(word => Word().IsMatch(word)).ToArray();
        var help = await Tool.MustRunAsync("dotnet", [Tool.Server, .. verb, "--help"]);

        // Not found words are left over, and the help is then that of the words before them.
        Assert.True(
            Usage().Match(help).Value.Contains($" {string.Join(' ', verb)} ", StringComparison.Ordinal),
            $"{path}: there is no verb {string.Join(' ', verb)}: {help}");
        foreach (var option in words.Where(
            word => word.StartsWith("--", StringComparison.Ordinal) && word.IndexOfAny([':', '=']) < 0))
        {
            Assert.True(
                help.Contains($"  {option}", StringComparison.Ordinal), $"{path}: {string.Join(' ', verb)} has no option {option}: {help}");
        }
    }

    [GeneratedRegex(@"(--project|dotnet test) (?<folder>(src|tests)/[\w.]+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"(src/ForeignGrpc\.Server --|/ForeignGrpc\.Server\.dll) (?<words>.+?)\s*$")]
    private static partial Regex Server();

    [GeneratedRegex(@"tests/ForeignGrpc\.Benchmarks -- (?<verb>\w+)")]
    private static partial Regex Benchmark();

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Word();

    [GeneratedRegex(@"Usage:\s+\S.*")]
    private static partial Regex Usage();
}
