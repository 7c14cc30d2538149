namespace ForeignGrpc.Server.Tests;

/// <summary>The limits of CONTRIBUTING.md that every source file keeps to.</summary>
public sealed class SourceTests
{
    private const int MostLines = 250;
    private const int MostColumns = 140;

    [Fact]
    public void FilesOfSrc_HaveAtMost250Lines() => AssertNone(
        Files("src").Select(file => (file.Path, Lines: file.Lines.Count())).Where(file => file.Lines > MostLines).Select(file =>
            $"{file.Path}:{MostLines + 1}: the file has {file.Lines} lines, at most {MostLines} are allowed. "
            + "Find the second job in it and give that a type of its own."));

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("protos")]
    public void Lines_HaveAtMost140Columns(string folder) => AssertNone(
        Files(folder).SelectMany(file => file.Lines.Index(), (file, line) =>
                (file.Path, Number: line.Index + 1, Columns: line.Item.EnumerateRunes().Count()))
            .Where(line => line.Columns > MostColumns)
            .Select(line =>
                $"{line.Path}:{line.Number}: the line has {line.Columns} columns, at most {MostColumns} are allowed. "
                + "Break it after an opening bracket, a comma or an arrow; split a long text by `+`."));

    /// <summary>The C# and proto files in a folder of the repository that are not generated or of packages.</summary>
    private static List<(string Path, IEnumerable<string> Lines)> Files(string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".proto")
            .Select(file => (Path: Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/'), Lines: File.ReadLines(file)))
            .Where(file => !file.Path.Split('/').Any(part => part is "obj" or "bin" or "node_modules")).ToList();

        Assert.NotEmpty(files);
        return files;
    }

    private static void AssertNone(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join('\n', wrong));
}
