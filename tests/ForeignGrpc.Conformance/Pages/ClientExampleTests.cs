using System.Text.RegularExpressions;

namespace ForeignGrpc.Conformance;

/// <summary>The clients of docs/clients.md, word for word, against a server that serves and one that hangs.</summary>
public sealed partial class ClientExampleTests(ClientExampleTests.Examples examples) : IClassFixture<ClientExampleTests.Examples>
{
    public static TheoryData<string> Headings => [.. ClientExample.All];

    [SkippableTheory]
    [MemberData(nameof(Headings))]
    public async Task Example_PrintsWhatThePageSays(string heading)
    {
        Skip.If(ClientExample.Missing(heading).Any(), $"Not installed: {string.Join(", ", ClientExample.Missing(heading))}.");
        var example = await examples.PrepareAsync(heading);

        var (exitCode, output, error) = await example.RunAsync();

        Assert.True(exitCode == 0, $"{error}{output}");
        Assert.Equal(ClientExample.Output, output);
    }

    [SkippableFact]
    public async Task Examples_GiveUpAtTheirDeadline_WhereTheServerHangs()
    {
        var headings = ClientExample.All.Where(heading => !ClientExample.Missing(heading).Any()).ToList();
        Skip.If(headings.Count == 0, "No client is installed.");
        var prepared = await Task.WhenAll(headings.Select(examples.PrepareAsync));

        await examples.PauseAsync();
        try
        {
            var ends = await Task.WhenAll(prepared.Select(example => example.RunAsync()));

            Assert.All(ends.Zip(headings), end => Assert.True(
                end.First.ExitCode != 0 && DeadlineExceeded().IsMatch(end.First.Error), $"{end.Second}: {end.First}"));
        }
        finally
        {
            await examples.ResumeAsync();
        }
    }

    [GeneratedRegex("deadline.?exceeded", RegexOptions.IgnoreCase)]
    private static partial Regex DeadlineExceeded();

    /// <summary>A server, and the examples that call it.</summary>
    public sealed class Examples : ServerProcess
    {
        private readonly Dictionary<string, Task<ClientExample>> _prepared = [];

        internal Task<ClientExample> PrepareAsync(string heading) =>
            _prepared.TryGetValue(heading, out var example) ? example : _prepared[heading] = ClientExample.PrepareAsync(heading, this);
    }
}
