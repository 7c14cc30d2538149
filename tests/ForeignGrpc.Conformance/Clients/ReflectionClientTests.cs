using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>JavaScript clients that know the service by server reflection alone, with each protobufjs that is in use.</summary>
public sealed class ReflectionClientTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    [NodeFact]
    public Task WithProtobufjs8() => SaveAndListAsync("protobufjs");

    [NodeFact]
    public Task WithProtobufjs7() => SaveAndListAsync("protobufjs7");

    private async Task SaveAndListAsync(string library)
    {
        await NodePackages.InstalledAsync();

        var output = await Tool.MustRunAsync(
            "node",
            ["reflection-client.cjs", library, server.GrpcUri.Authority, Service.Credential.ToString(), $"by {library}"], Tool.Node);

        var answer = JsonNode.Parse(output)!;
        Assert.Equal(("k", "v", 1), ((string?)answer["key"], (string?)answer["value"], (int)answer["rows"]!));
        Assert.All(answer["names"]!.AsArray(), name => Assert.Matches(@"\A[A-Za-z_][A-Za-z0-9_]*\z", (string)name!));
    }
}
