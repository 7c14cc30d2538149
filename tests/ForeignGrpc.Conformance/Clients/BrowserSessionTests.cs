using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>
/// A session in a real browser, which keeps and hides the cookies as browsers do. Without Basic, for whose challenge browsers open a
/// dialog of their own that no test answers.
/// </summary>
public sealed class BrowserSessionTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new() { Settings = { ["Auth__Basic"] = "false" } };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [BrowserFact]
    public async Task Session_NeedsItsToken_AndEndsAtLogout()
    {
        await NodePackages.InstalledAsync();
        var output = await Tool.MustRunAsync(
            "node",
            ["browser-session.cjs", _server.RestUri.ToString(), Tool.PathOf("chromium"), ServerProcess.User, ServerProcess.Password],
            Tool.Node);

        var outcome = JsonNode.Parse(output)!;
        Assert.Equal(200, (int)outcome["login"]!);
        Assert.StartsWith("XSRF-TOKEN=", (string)outcome["cookie"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("Session", (string)outcome["cookie"]!, StringComparison.Ordinal);
        Assert.Equal((401, 200, 401), ((int)outcome["without"]!, (int)outcome["with"]!, (int)outcome["other"]!));
        Assert.Equal("Terje Development", (string)outcome["saved"]!);
        Assert.Equal((204, "", 401), ((int)outcome["logout"]!, (string)outcome["left"]!, (int)outcome["after"]!));
    }
}
