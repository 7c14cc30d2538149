namespace ForeignGrpc.Conformance;

/// <summary>The Node clients at their locked versions, installed once when first needed.</summary>
internal static class NodePackages
{
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>Path of the `buf` program.</summary>
    public static async Task<string> BufAsync()
    {
        await Installed.Value;
        return Path.Combine(Tool.Node, "node_modules", ".bin", "buf");
    }

    /// <summary>Makes sure that the packages are there.</summary>
    public static Task InstalledAsync() => Installed.Value;

    private static async Task InstallAsync()
    {
        var (wanted, present) = (new FileInfo(Path.Combine(Tool.Node, "package-lock.json")), new FileInfo(
            Path.Combine(Tool.Node, "node_modules", ".package-lock.json")));
        if (!present.Exists || present.LastWriteTimeUtc < wanted.LastWriteTimeUtc)
        {
            // Not `npm ci`: it insists on the lock file naming buf for every platform, also where a registry has not all of them.
            await Tool.MustRunAsync("npm", ["install", "--no-save"], Tool.Node);
        }
    }
}
