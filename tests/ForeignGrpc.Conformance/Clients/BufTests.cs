using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The protos by `buf lint` and `buf breaking`, and the server by `buf curl` through reflection.</summary>
public sealed class BufTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    [NodeFact]
    public async Task Protos_AreLintFree() => await Tool.MustRunAsync(await NodePackages.BufAsync(), ["lint"], Tool.Repository);

    [NodeFact]
    public async Task Protos_BreakNoClientOfTheLastRelease()
    {
        Skip.IfNot(Tool.Exists("git"), "git is missing.");
        var (exitCode, tag, _) = await Tool.RunAsync("git", ["describe", "--tags", "--abbrev=0", "--match", "v*"], Tool.Repository);
        Skip.If(exitCode != 0, "The repository has no tag of a release.");
        var repository = await Tool.MustRunAsync("git", ["rev-parse", "--path-format=absolute", "--git-common-dir"], Tool.Repository);

        await Tool.MustRunAsync(
            await NodePackages.BufAsync(), ["breaking", "--against", $"{repository.Trim()}#tag={tag.Trim()}"], Tool.Repository);
    }

    [NodeFact]
    public async Task Reflection_ListsTheServices_ToEveryone()
    {
        foreach (var version in new[] { "grpc-v1", "grpc-v1alpha" })
        {
            var services = await Tool.MustRunAsync(
                await NodePackages.BufAsync(),
                [
                    "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--reflect-protocol", version, "--list-services",
                    $"{server.GrpcUri}",
                ]);

            Assert.Contains("foreignsystem.v1.ForeignSystemAgent", services, StringComparison.Ordinal);
            Assert.Contains("grpc.health.v1.Health", services, StringComparison.Ordinal);
        }
    }

    [NodeFact]
    public async Task Health_IsServing()
    {
        var answer = await Tool.MustRunAsync(
            await NodePackages.BufAsync(),
            [
                "curl", "--http2-prior-knowledge", "--protocol", "grpc", "-d", """{"service":"foreignsystem.v1.ForeignSystemAgent"}""",
                $"{server.GrpcUri}grpc.health.v1.Health/Check",
            ]);

        Assert.Equal("SERVING", (string?)JsonNode.Parse(answer)!["status"]);
    }
}
