namespace ForeignGrpc.Conformance;

/// <summary>Tools of others that read the OpenAPI document, at their locked versions, installed once when first needed.</summary>
internal static class OpenApiTools
{
    private static readonly Lazy<Task> NodeTools = new(() => NodePackages.InstallAsync(Folder));
    private static readonly Lazy<Task> DotnetTools = new(() => Tool.MustRunAsync("dotnet", ["tool", "restore"], Folder));

    /// <summary>The folder with the lists of the tools, and with what they are given.</summary>
    public static string Folder => Path.Combine(Tool.Repository, "tests", "ForeignGrpc.Conformance", "openapi-tools");

    /// <summary>Path of a program of an npm package.</summary>
    public static async Task<string> NodeToolAsync(string name)
    {
        await NodeTools.Value;
        return Path.Combine(Folder, "node_modules", ".bin", name);
    }

    /// <summary>Runs a .NET tool, which must succeed.</summary>
    public static async Task RunDotnetToolAsync(string name, params string[] arguments)
    {
        await DotnetTools.Value;
        await Tool.MustRunAsync("dotnet", ["tool", "run", name, "--", .. arguments], Folder);
    }

    /// <summary>Saves the server's document in a folder and returns its path.</summary>
    public static async Task<string> SaveDocumentAsync(Service server, string folder, string document = "v1.json")
    {
        using var rest = server.Rest();
        rest.DefaultRequestHeaders.Authorization = null;
        var path = Path.Combine(folder, Path.GetFileName(document));
        await File.WriteAllTextAsync(path, await rest.GetStringAsync($"openapi/{document}"));
        return path;
    }
}
