using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ForeignGrpc.Conformance;

/// <summary>Generated C# clients, compiled.</summary>
internal static class CompiledCalls
{
    private static readonly CSharpParseOptions Options =
        new(LanguageVersion.Latest, preprocessorSymbols: ["NETCOREAPP3_1_OR_GREATER", "NET5_0_OR_GREATER", "NET8_0_OR_GREATER"]);

    /// <summary>Compiles a client together with a class `Calls`, and returns what its `RunAsync` returns.</summary>
    public static Task<string[]> RunAsync(IEnumerable<string> files, HttpClient http, string app) =>
        (Task<string[]>)Compile(files).GetType("Calls", throwOnError: true)!.GetMethod("RunAsync")!.Invoke(null, [http, app])!;

    /// <summary>Compiles files, which must have no errors.</summary>
    public static Assembly Compile(IEnumerable<string> files)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"Generated{Guid.NewGuid():N}",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Options, file)),
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Annotations));
        using var assembly = new MemoryStream();
        var errors = compilation.Emit(assembly).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.True(!errors.Any(), string.Join('\n', errors));
        return Assembly.Load(assembly.ToArray());
    }
}
