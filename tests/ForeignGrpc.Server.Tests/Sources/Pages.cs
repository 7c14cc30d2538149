namespace ForeignGrpc.Server.Tests;

/// <summary>The repository's Markdown pages.</summary>
internal static class Pages
{
    /// <summary>Every page, by its path in the repository.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Directory.EnumerateFiles(Repository.Folder, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md", SearchOption.AllDirectories))
        .ToDictionary(file => Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/'), File.ReadAllText);

    /// <summary>A page by its path in the repository.</summary>
    public static string Read(string page) => All[page];
}
