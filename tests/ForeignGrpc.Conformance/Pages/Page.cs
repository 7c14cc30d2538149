using System.Text.RegularExpressions;

namespace ForeignGrpc.Conformance;

/// <summary>A Markdown page of the repository, by its path there.</summary>
internal sealed partial class Page
{
    private readonly string _text;

    public Page(string path) => _text = File.ReadAllText(Path.Combine(Tool.Repository, path));

    private Page(string path, string heading) => _text = new Page(path)._text.Split("\n## ").Single(
        section => section.StartsWith($"{heading}\n", StringComparison.Ordinal));

    /// <summary>Every page that may have commands.</summary>
    public static IEnumerable<string> All { get; } = Directory.EnumerateFiles(Tool.Repository, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Tool.Repository, "docs"), "*.md"))
        .Select(file => Path.GetRelativePath(Tool.Repository, file));

    /// <summary>A section of a page, by its heading of the second level.</summary>
    public static Page Section(string path, string heading) => new(path, heading);

    /// <summary>The blocks of code in a language, in their order.</summary>
    public IEnumerable<string> Code(string language) => Block().Matches(_text)
        .Where(block => block.Groups["language"].Value == language)
        .Select(block => block.Groups["code"].Value);

    /// <summary>The commands that begin with a word, without comments.</summary>
    public IEnumerable<string> Commands(string word) => Code("sh")
        .SelectMany(block => block.Split('\n'))
        .Select(line => Comment().Replace(line, ""))
        .Select(line => line.IndexOf($"{word} ", StringComparison.Ordinal) is >= 0 and var start ? line[start..] : "")
        .Where(command => command.Length > 0);

    [GeneratedRegex("^```(?<language>\\w+)\n(?<code>.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+# .*$")]
    private static partial Regex Comment();
}
