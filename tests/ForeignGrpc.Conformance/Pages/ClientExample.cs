namespace ForeignGrpc.Conformance;

/// <summary>An example of docs/clients.md, in a folder of its own.</summary>
internal sealed class ClientExample
{
    private const string PagePath = "docs/clients.md";
    private const string Connect = "Node.js with Connect";

    /// <summary>Debian's Python has Debian's packages; another one may come before it.</summary>
    private const string Prelude = "set -euo pipefail\npython3() { /usr/bin/python3 \"$@\"; }\n";

    private static readonly Dictionary<string, (string Language, string[] Programs)> Known = new()
    {
        ["Python"] = ("python", ["/usr/lib/python3/dist-packages/grpc", "protoc", "grpc_python_plugin"]),
        ["Go"] = ("go", ["go", "protoc", "protoc-gen-go", "protoc-gen-go-grpc", "/usr/share/gocode/src/google.golang.org/grpc"]),
        ["Node.js with grpc-js"] = ("js", ["node", "npm"]),
        [Connect] = ("mjs", ["node", "npm"]),
        ["Browsers"] = ("mjs", ["node", "npm"]),
    };

    private readonly string _folder;
    private readonly string _run;

    private ClientExample(string folder, string run) => (_folder, _run) = (folder, run);

    /// <summary>The headings of the examples.</summary>
    public static IEnumerable<string> All => Known.Keys;

    /// <summary>What each example prints.</summary>
    public static string Output { get; } = new Page(PagePath).Code("text").Single();

    /// <summary>The programs that the example needs and the machine lacks. In CI none may be missing.</summary>
    public static IEnumerable<string> Missing(string heading) =>
        Tool.IsCi ? [] : Known[heading].Programs.Where(program => !Tool.IsInstalled(program));

    /// <summary>Writes the example, and runs the commands of the page before the last, which runs the example.</summary>
    public static async Task<ClientExample> PrepareAsync(string heading, ServerProcess server)
    {
        var language = Known[heading].Language;
        if (language.EndsWith("js", StringComparison.Ordinal))
        {
            await NodePackages.InstalledAsync();
        }

        var folder = Directory.CreateDirectory(Path.Combine(server.Folder, heading)).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "protos"), Path.Combine(Tool.Repository, "protos"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Tool.Node, "node_modules"));
        var section = Page.Section(PagePath, heading == "Browsers" ? Connect : heading);
        var commands = section.Code("sh").Single().TrimEnd().Split('\n').Where(
            line => !line.Contains(" install ", StringComparison.Ordinal)).ToList();
        var run = commands[^1];
        await File.WriteAllTextAsync(Path.Combine(folder, run.Split(' ').Last()), Here(ProgramOf(heading), server));
        await Tool.MustRunAsync("bash", ["-c", Prelude + string.Join('\n', commands.SkipLast(1))], folder);
        return new ClientExample(folder, Prelude + run);
    }

    /// <summary>Runs the example to its end.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunAsync() => Tool.RunAsync("bash", ["-c", _run], _folder);

    /// <summary>The program of a section. That for browsers is the one of Connect with another transport.</summary>
    private static string ProgramOf(string heading)
    {
        if (heading != "Browsers")
        {
            return Page.Section(PagePath, heading).Code(Known[heading].Language).Single();
        }

        var web = Page.Section(PagePath, heading).Code("js").Single().TrimEnd().Split('\n');
        var lines = ProgramOf(Connect).Split('\n');
        lines[Array.FindIndex(lines, line => line.Contains("connect-node", StringComparison.Ordinal))] = web[0];
        lines[Array.FindIndex(lines, line => line.StartsWith("const transport = ", StringComparison.Ordinal))] = web[1];
        return string.Join('\n', lines);
    }

    private static string Here(string program, ServerProcess server) => program
        .Replace("127.0.0.1:5080", server.RestUri.Authority, StringComparison.Ordinal)
        .Replace("127.0.0.1:5081", server.GrpcUri.Authority, StringComparison.Ordinal);
}
