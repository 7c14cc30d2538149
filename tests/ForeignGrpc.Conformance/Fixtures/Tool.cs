using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ForeignGrpc.Conformance;

/// <summary>Programs that tests run, and where things are.</summary>
internal static class Tool
{
    /// <summary>The server as it was built.</summary>
    public static string Server { get; } = Metadata("Server");

    /// <summary>The stand-in for the upstream server as it was built.</summary>
    public static string StandIn { get; } = Metadata("StandIn");

    /// <summary>How the server was built: `Debug` or `Release`.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>The repository's top folder.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>The folder of the Node clients.</summary>
    public static string Node { get; } = Path.Combine(Repository, "tests", "ForeignGrpc.Conformance", "node");

    /// <summary>Whether a missing tool is a failure and not a reason to skip.</summary>
    public static bool IsCi { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>A setting of the tests, which says how long a form of them is run.</summary>
    public static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Runs a program to its end, which must come within two minutes.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program, string[] arguments, string? folder = null, string? input = null, Dictionary<string, string>? environment = null)
    {
        using var process = Start(program, arguments, folder, environment);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end: {await error}{await output}");
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program that must succeed, and returns its output.</summary>
    public static async Task<string> MustRunAsync(string program, string[] arguments, string? folder = null)
    {
        var (exitCode, output, error) = await RunAsync(program, arguments, folder);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} exited with {exitCode}: {error}{output}");
        return output;
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(
        string program, string[] arguments, string? folder = null, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Whether the program is there.</summary>
    public static bool Exists(string program)
    {
        try
        {
            using var process = Start(program, ["--version"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Where a program is that is there.</summary>
    public static string PathOf(string program) => PlacesOf(program).First(File.Exists);

    /// <summary>Whether a program is there, by its name, or a file or folder, by its path. Runs nothing.</summary>
    public static bool IsInstalled(string program) => PlacesOf(program).Any(Path.Exists);

    private static IEnumerable<string> PlacesOf(string program) => Environment.GetEnvironmentVariable("PATH")!
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program));

    private static string Metadata(string key) =>
        typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
