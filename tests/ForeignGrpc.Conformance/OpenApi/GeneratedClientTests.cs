using System.Text.Json;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>Clients that tools generate from the OpenAPI document: they compile, and what they read and write is typed.</summary>
public sealed class GeneratedClientTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    /// <summary>What each client does: save a key, read it, list it, select a property, miss, patch, and fail.</summary>
    private static readonly string[] Expected =
    [
        "saved v by Terje Development", "read v on contact 7", "row k=v of unit", "selected True without id True", "missing True",
        "devices unit, second", "error 404 SoNotFoundException",
    ];

    [Fact]
    public async Task NSwag_GeneratesAClient_ThatCompilesAndCalls()
    {
        using var folder = new TemporaryFolder();
        var client = Path.Combine(folder.FullName, "FgClient.cs");
        await OpenApiTools.RunDotnetToolAsync(
            "nswag",
            "openapi2csclient",
            $"/input:{await OpenApiTools.SaveDocumentAsync(server, folder.FullName)}",
            "/classname:FgClient",
            "/namespace:Foreign",
            "/generateOptionalParameters:true",
            $"/output:{client}");
        using var rest = server.Rest();

        var outcome = await CompiledCalls.RunAsync([client, Calls("NSwagCalls.cs")], rest, $"nswag {Guid.NewGuid():N}");

        Assert.Equal(Expected, outcome);
    }

    [Fact]
    public async Task NSwag_WithItsDefaults_OnOpenApi30_GeneratesAClientThatCompiles_WithOneClassForEach()
    {
        using var folder = new TemporaryFolder();
        var client = Path.Combine(folder.FullName, "FgClient.cs");
        var document = await OpenApiTools.SaveDocumentAsync(server, folder.FullName, "3.0/v1.json");
        await OpenApiTools.RunDotnetToolAsync(
            "nswag", "openapi2csclient", $"/input:{document}", "/classname:FgClient", $"/output:{client}");

        var classes = CompiledCalls.Compile([client]).GetExportedTypes().Where(type => type.IsClass).ToList();

        Assert.Equal(
            ["ForeignAppEntity", "ForeignAppEntityWithLinks", "ForeignDevice", "ForeignKey", "ForeignKeyRow", "PatchOperation"],
            classes.Select(type => type.Name)
                .Where(name => name.StartsWith("Foreign", StringComparison.Ordinal) || name.StartsWith("Patch", StringComparison.Ordinal))
                .Order());
        Assert.Single(classes, type => type.Name.StartsWith("FgClient", StringComparison.Ordinal));
        Assert.All(classes.Where(type => type.Namespace == "MyNamespace"), type =>
            Assert.Contains(type.GetProperties(), property => property.Name != "AdditionalProperties"));
    }

    [Fact]
    public async Task Kiota_GeneratesAClient_ThatCompilesAndCalls()
    {
        using var folder = new TemporaryFolder();
        var client = Path.Combine(folder.FullName, "client");
        await OpenApiTools.RunDotnetToolAsync(
            "kiota", "generate", "-l", "CSharp", "-d", await OpenApiTools.SaveDocumentAsync(server, folder.FullName), "-c", "FgClient",
            "-n", "Foreign", "-o", client, "--log-level", "None");
        using var rest = server.Rest();

        var outcome = await CompiledCalls.RunAsync(
            [.. Directory.EnumerateFiles(client, "*.cs", SearchOption.AllDirectories), Calls("KiotaCalls.cs")],
            rest,
            $"kiota {Guid.NewGuid():N}");

        Assert.Equal(Expected, outcome);
    }

    [NodeFact]
    public async Task OpenApiTypescript_GeneratesTypes_ThatAClientCompilesAndCallsWith()
    {
        using var folder = new TemporaryFolder();
        var generate = await OpenApiTools.NodeToolAsync("openapi-typescript");
        Directory.CreateSymbolicLink(
            Path.Combine(folder.FullName, "node_modules"), Path.Combine(OpenApiTools.Folder, "node_modules"));
        File.Copy(Calls("package.json"), Path.Combine(folder.FullName, "package.json"));
        File.Copy(Calls("client.ts"), Path.Combine(folder.FullName, "client.ts"));
        var document = await OpenApiTools.SaveDocumentAsync(server, folder.FullName);
        await Tool.MustRunAsync(generate, [document, "-o", "schema.ts"], folder.FullName);
        await Tool.MustRunAsync(
            await OpenApiTools.NodeToolAsync("tsc"),
            ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node", "client.ts"],
            folder.FullName);

        var output = await Tool.MustRunAsync(
            "node",
            ["client.js", server.RestUri.ToString().TrimEnd('/'), Service.Credential.ToString(), $"typescript {Guid.NewGuid():N}"],
            folder.FullName);

        Assert.Equal(Expected, JsonSerializer.Deserialize<string[]>(output), StringComparer.OrdinalIgnoreCase);
    }

    private static string Calls(string file) => Path.Combine(OpenApiTools.Folder, file);
}
