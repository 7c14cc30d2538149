using System.Reflection;

namespace ForeignGrpc.Server.Tests;

/// <summary>What the tests belong to.</summary>
internal static class Repository
{
    /// <summary>Its top folder.</summary>
    public static string Folder { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == nameof(Repository)).Value!;
}
