namespace ForeignGrpc.Conformance;

/// <summary>The Node clients at their locked versions, installed once when first needed.</summary>
internal static class NodePackages
{
    private static readonly Lazy<Task> Installed = new(() => InstallAsync(Tool.Node));

    /// <summary>Path of the `buf` program.</summary>
    public static async Task<string> BufAsync()
    {
        await Installed.Value;
        return Path.Combine(Tool.Node, "node_modules", ".bin", "buf");
    }

    /// <summary>Makes sure that the packages are there.</summary>
    public static Task InstalledAsync() => Installed.Value;

    /// <summary>Installs the packages of a folder, if they are not there.</summary>
    public static async Task InstallAsync(string folder)
    {
        var (wanted, present) = (new FileInfo(Path.Combine(folder, "package-lock.json")), new FileInfo(
            Path.Combine(folder, "node_modules", ".package-lock.json")));
        if (!present.Exists || present.LastWriteTimeUtc < wanted.LastWriteTimeUtc)
        {
            // Not `npm ci`: it insists on the lock file naming buf for every platform, also where a registry has not all of them.
            await Tool.MustRunAsync("npm", ["install", "--no-save"], folder);
        }
    }
}
