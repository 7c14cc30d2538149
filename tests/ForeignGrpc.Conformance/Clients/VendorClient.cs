using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The vendor's TypeScript client in a Node process, called by method name.</summary>
internal sealed class VendorClient : IDisposable
{
    private readonly Process _node;

    private VendorClient(Process node) => _node = node;

    /// <summary>The client with the sample's user and password.</summary>
    public static Task<VendorClient> StartAsync(Service server) =>
        StartAsync(server, ["authenticateWithPassword", Service.User, Service.Password], []);

    /// <summary>The client by another of its ways to authenticate, and with options of its own.</summary>
    public static Task<VendorClient> StartAsync(Service server, JsonArray authenticate, JsonObject options) =>
        StartAsync(server.RestUri, authenticate, options);

    /// <summary>The client with a base address that has a path.</summary>
    public static async Task<VendorClient> StartAsync(Uri address, JsonArray authenticate, JsonObject options)
    {
        await NodePackages.InstalledAsync();
        var setup = new JsonObject { ["authenticate"] = authenticate, ["options"] = options };
        return new VendorClient(Tool.Start("node", ["vendor-client.cjs", address.ToString(), setup.ToJsonString()], Tool.Node));
    }

    /// <summary>Calls a method of the client's `ForeignSystemAgent` and returns what its promise gives.</summary>
    /// <exception cref="VendorClientException">The promise was rejected.</exception>
    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] arguments) =>
        CallAgentAsync("getForeignSystemAgent", method, arguments);

    /// <summary>Calls a method of one of the client's agents, which a method of the client gives.</summary>
    /// <exception cref="VendorClientException">The promise was rejected.</exception>
    public async Task<JsonNode?> CallAgentAsync(string agent, string method, params JsonNode?[] arguments)
    {
        var call = new JsonObject
        {
            ["agent"] = agent,
            ["method"] = method,
            ["args"] = new JsonArray(
            [.. arguments.Select(argument => argument?.DeepClone())])
        };
        await _node.StandardInput.WriteLineAsync(call.ToJsonString());
        await _node.StandardInput.FlushAsync();
        var line = await _node.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The client ended: {await _node.StandardError.ReadToEndAsync()}");
        var outcome = JsonNode.Parse(line)!;
        return outcome["error"] is { } error
            ? throw new VendorClientException((string)error!, (int?)outcome["status"])
            : outcome["result"]?.DeepClone();
    }

    public void Dispose()
    {
        _node.Kill();
        _node.Dispose();
    }
}
