using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ForeignGrpc.Server.Tests;

/// <summary>What pages name exists.</summary>
public sealed partial class PageTests
{
    private static IEnumerable<string> Tests { get; } = Directory.EnumerateFiles(
        Path.Combine(Repository.Folder, "tests"), "*.cs", SearchOption.AllDirectories);

    [Fact]
    public void Links_LeadToFilesAndHeadings()
    {
        foreach (var (page, text) in Pages.All)
        {
            foreach (var link in Link().Matches(text).Select(link => link.Groups["to"].Value).Where(
                link => !link.Contains("://", StringComparison.Ordinal)))
            {
                var (path, heading) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
                var target = path.Length == 0 ? page : Path.GetRelativePath(
                    Repository.Folder, Path.Combine(Repository.Folder, Path.GetDirectoryName(page)!, path)).Replace('\\', '/');
                Assert.True(Exists(target), $"{page} links to {link}, which does not exist.");
                Assert.True(
                    heading is null
                        || Headings(Pages.Read(target)).Contains(heading), $"{page} links to {link}, which has no such heading.");
            }
        }
    }

    [Fact]
    public void NamedFilesAndFolders_Exist()
    {
        foreach (var (page, text) in Pages.All)
        {
            foreach (var path in NamedPath().Matches(text).Select(named => named.Groups["path"].Value))
            {
                Assert.True(Exists(path), $"{page} names {path}, which does not exist.");
            }
        }
    }

    [Fact]
    public void NamedTests_Exist()
    {
        var files = Tests.Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();
        var named = Pages.All.SelectMany(
            page => NamedTest().Matches(page.Value).Select(test => (Page: page.Key, Test: test.Value))).ToList();

        Assert.True(named.Count > 50, $"Only {named.Count} names of tests were found.");
        Assert.All(named, test => Assert.True(files.Contains(test.Test), $"{test.Page} names {test.Test}, which does not exist."));
    }

    [Fact]
    public void VariablesOfTests_AreThoseThatTestsRead()
    {
        var read = Tests.Where(file => !file.EndsWith($"{nameof(PageTests)}.cs", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(File.ReadAllText(file))).Select(variable => variable.Value).ToHashSet();

        var told = Pages.All.Values.SelectMany(text => Variable().Matches(text)).Select(variable => variable.Value).ToHashSet();

        Assert.Equal(read.Order(), told.Order());
    }

    [Fact]
    public void CSharpOfTheReadme_Compiles()
    {
        var code = Code().Match(Pages.Read("README.md")).Groups["code"].Value;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file));

        var compiled = CSharpCompilation.Create("Readme", [CSharpSyntaxTree.ParseText(code)], references);

        Assert.Contains("GetKeyAsync", code, StringComparison.Ordinal);
        Assert.Empty(compiled.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void RoomsOfTheArchitecture_AreTheNamespacesOfTheServer()
    {
        const string Server = "ForeignGrpc.Server.";
        var rooms = typeof(Program).Assembly.GetTypes().Select(type => type.Namespace)
            .Where(name => name?.StartsWith(Server, StringComparison.Ordinal) is true).Select(name => name![Server.Length..]).Distinct();

        var told = Room().Matches(Pages.Read("docs/architecture.md")).Select(row => row.Groups["room"].Value);

        Assert.Equal(rooms.Order(), told.Order());
    }

    [Fact]
    public void MiddlewaresOfTheArchitecture_AreThoseOfTheServer_InOrder()
    {
        var ofTheEdge = Middlewares("Rest/RestEdge.cs");
        var added = Middlewares("Hosting/ServerBuilder.cs").SelectMany(name => name == "UseRestEdge" ? ofTheEdge : [name]);

        var told = NumberedName().Matches(Pages.Read("docs/architecture.md")).Select(line => line.Groups["name"].Value);

        Assert.NotEmpty(ofTheEdge);
        Assert.Equal(added, told);
    }

    /// <summary>The middlewares that a source file of the server adds, in order: `X` of `UseMiddleware&lt;X&gt;`, or `UseX`.</summary>
    private static List<string> Middlewares(string file) =>
        [.. AddedMiddleware().Matches(File.ReadAllText(Path.Combine(Repository.Folder, "src/ForeignGrpc.Server", file)))
            .Select(added => added.Groups["name"].Value)];

    private static bool Exists(string path) => Path.Exists(Path.Combine(Repository.Folder, path));

    /// <summary>Headings as links name them.</summary>
    private static HashSet<string> Headings(string text) =>
        [.. Heading().Matches(text).Select(
            heading => NotInAnchor().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w/.-])(?<path>(src|tests|protos|docs|\.ci)/[\w./-]*\w)")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"\b[A-Z]\w+Tests(\.[A-Z][a-z]+)?\b(?![./\w])")]
    private static partial Regex NamedTest();

    [GeneratedRegex("FOREIGNGRPC_TEST_[A-Z_]+")]
    private static partial Regex Variable();

    [GeneratedRegex("^```csharp\n(?<code>.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    /// <summary>A row of three columns, the first a name.</summary>
    [GeneratedRegex(@"^\| `(?<room>[A-Z][\w.]+)` \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Room();

    /// <summary>A statement of a method's body itself, not of a block within it.</summary>
    [GeneratedRegex(@"^ {8}app\.(UseMiddleware<(?<name>\w+)>|(?<name>Use\w+))\(", RegexOptions.Multiline)]
    private static partial Regex AddedMiddleware();

    [GeneratedRegex(@"^\d+\. `(?<name>\w+)`: ", RegexOptions.Multiline)]
    private static partial Regex NumberedName();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NotInAnchor();
}
