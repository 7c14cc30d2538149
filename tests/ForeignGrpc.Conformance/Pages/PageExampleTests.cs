using System.Net;
using System.Text.RegularExpressions;

namespace ForeignGrpc.Conformance;

/// <summary>The examples of the pages, run word for word, each test against a new server.</summary>
public sealed partial class PageExampleTests : IAsyncLifetime
{
    private const string Rest = "http://127.0.0.1:5080";
    private const string Grpc = "http://127.0.0.1:5081";
    private const string Nginx = "/usr/sbin/nginx";

    /// <summary>What nginx keeps in folders that only root may write unless told otherwise.</summary>
    private static readonly string[] TemporaryFolders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    /// <summary>Has curl fail where a response says so.</summary>
    private const string Prelude = "set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n";

    private readonly ServerProcess _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [NodeFact]
    public async Task ShellExamples_Succeed()
    {
        // The examples of docs/api.md go on where those of the README end.
        foreach (var path in new[] { "README.md", "docs/api.md", "docs/authentication.md" })
        {
            var blocks = new Page(path).Code("sh").Where(block =>
                block.StartsWith("curl ", StringComparison.Ordinal) || block.StartsWith("npx ", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(blocks);
            foreach (var block in blocks)
            {
                var script = Here(block).Replace("npx @bufbuild/buf", await NodePackages.BufAsync(), StringComparison.Ordinal);
                var (exitCode, output, error) = await Tool.RunAsync("bash", ["-c", Prelude + script], _server.Folder);
                Assert.True(exitCode == 0, $"{path}: {script}\n{error}{output}");
            }
        }
    }

    [NodeFact]
    public async Task ExampleOfTheVendorsClient_PrintsTheValue()
    {
        await NodePackages.InstalledAsync();

        var (exitCode, output, error) = await Tool.RunAsync("node", ["-"], Tool.Node, Here(new Page("README.md").Code("ts").Single()));

        Assert.True(exitCode == 0, error);
        Assert.Equal("C-1\n", output);
    }

    [Fact]
    public async Task RequestsOfTheHttpFile_Succeed()
    {
        var parts = File.ReadAllText(Path.Combine(Tool.Repository, "foreigngrpc.http")).ReplaceLineEndings("\n").Split("\n### ");
        var variables = Variable().Matches(parts[0]).ToDictionary(
            variable => variable.Groups["name"].Value, variable => variable.Groups["value"].Value);
        using var client = new HttpClient();
        foreach (var part in parts[1..])
        {
            var text = variables.Aggregate(
                part, (text, variable) => text.Replace($"{{{{{variable.Key}}}}}", variable.Value, StringComparison.Ordinal));
            var (head, body) = Here(text).Split("\n\n", 2) is [var before, var after] ? (before, after.Trim()) : (Here(text).Trim(), "");
            var lines = head.Split('\n');
            using var request = new HttpRequestMessage(new HttpMethod(lines[1].Split(' ')[0]), new Uri(lines[1].Split(' ')[1]));
            request.Content = body.Length > 0
                ? new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))
                : null;
            foreach (var header in lines[2..].Select(line => line.Split(": ")).Where(header => header[0] == "Authorization"))
            {
                request.Headers.Add(header[0], header[1]);
            }

            using var response = await client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, $"{text}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    [SkippableFact]
    public async Task ConfigurationOfNginx_KeepsPaths()
    {
        Skip.If(!Tool.IsCi && !File.Exists(Nginx), "nginx is not installed.");
        var folder = Directory.CreateTempSubdirectory("foreigngrpc-nginx-");
        var socket = Path.Combine(folder.FullName, "nginx.sock");
        var block = Here(new Page("docs/operations.md").Code("nginx").Single()).Replace(
            "listen 8080;", $"listen unix:{socket};", StringComparison.Ordinal);
        var configuration = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            user root;
            pid {{folder.FullName}}/nginx.pid;
            events { }
            http {
                access_log off;
                {{string.Join('\n', TemporaryFolders.Select(kind => $"{kind}_temp_path {folder.FullName}/{kind};"))}}
                {{block}}
            }
            """);
        using var nginx = Tool.Start(Nginx, ["-c", configuration, "-e", "stderr", "-g", "daemon off;"]);
        try
        {
            for (var patience = 0; !File.Exists(socket); patience++)
            {
                Assert.True(patience < 500 && !nginx.HasExited, "nginx does not listen.");
                await Task.Delay(20);
            }

            const string Path = "/api/v1/ForeignApp/a%2Fb/unit-1//Key";
            await CurlAsync(
                "-X", "PUT", "-H", "Content-Type: application/json", "-d", """{"Key":"k/1","Value":"C-1"}""", $"http://localhost{Path}");
            Assert.Contains("C-1", await CurlAsync($"http://localhost{Path}/k%2F1//0"), StringComparison.Ordinal);
            using var direct = _server.Rest();
            Assert.Equal(HttpStatusCode.OK, (await direct.GetAsync(new Uri(_server.RestUri, $"{Path}/k%2F1//0"))).StatusCode);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync();
            folder.Delete(recursive: true);
        }

        Task<string> CurlAsync(params string[] arguments) => Tool.MustRunAsync(
            "curl", ["-sS", "--fail-with-body", "--unix-socket", socket, "-u", $"{Service.User}:{Service.Password}", .. arguments]);
    }

    /// <summary>The text with the addresses of this server.</summary>
    private string Here(string text) => text
        .Replace(Rest, _server.RestUri.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
        .Replace(Grpc, _server.GrpcUri.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);

    [GeneratedRegex(@"^@(?<name>\w+) = (?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex Variable();
}
