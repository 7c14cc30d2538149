using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Prism before a server: it answers an error in place of each response that does not match the OpenAPI document. It runs twice, as it does
/// not tell `/{id}` and `/{applicationName}` apart: once without the former path, once without the latter.
/// </summary>
public sealed partial class ValidatingProxy : IAsyncLifetime
{
    private const string Applications = "/api/v1/ForeignApp/";
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _prisms = [];
    private Uri? _byName;
    private Uri? _byId;

    /// <summary>The server behind it.</summary>
    public ServerProcess Server { get; } = new();

    public async Task InitializeAsync()
    {
        if (NodeFactAttribute.IsMissing)
        {
            return;
        }

        await Server.InitializeAsync();
        var document = await OpenApiTools.SaveDocumentAsync(Server, _folder.FullName);
        var prism = await OpenApiTools.NodeToolAsync("prism");
        var addresses = await Task.WhenAll(
            StartAsync(prism, Without(document, "{id}")), StartAsync(prism, Without(document, "{applicationName}", "{appName}")));
        (_byName, _byId) = (addresses[0], addresses[1]);
    }

    public async Task DisposeAsync()
    {
        foreach (var prism in _prisms)
        {
            prism.Kill(entireProcessTree: true);
            await prism.WaitForExitAsync();
            prism.Dispose();
        }

        await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A client with the sample's credential, for calls of a path with its parameters in braces.</summary>
    public HttpClient Rest(string path)
    {
        var client = new HttpClient { BaseAddress = path.Contains("ForeignApp/{id}", StringComparison.Ordinal) ? _byId : _byName };
        client.DefaultRequestHeaders.Authorization = Service.Credential;
        return client;
    }

    private static string Without(string document, params string[] parameters)
    {
        var changed = JsonNode.Parse(File.ReadAllText(document))!;
        foreach (var parameter in parameters)
        {
            Assert.True(changed["paths"]!.AsObject().Remove(Applications + parameter));
        }

        var path = $"{document}.{parameters.Length}.json";
        File.WriteAllText(path, changed.ToJsonString());
        return path;
    }

    private async Task<Uri> StartAsync(string program, string document)
    {
        var prism = Tool.Start(
            program, ["proxy", document, Server.RestUri.ToString().TrimEnd('/'), "--errors", "-p", "0"], _folder.FullName);
        _prisms.Add(prism);
        var listens = new TaskCompletionSource<Uri>();
        prism.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                listens.TrySetException(new InvalidOperationException("Prism ended."));
            }
            else if (Listening().Match(line.Data) is { Success: true } match)
            {
                listens.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        prism.BeginOutputReadLine();
        prism.BeginErrorReadLine();
        return await listens.Task.WaitAsync(StartWithin);
    }

    [GeneratedRegex(@"listening on (http://[^\s\x1b]+)")]
    private static partial Regex Listening();
}
