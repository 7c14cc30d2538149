using System.Collections.Concurrent;
using System.Diagnostics;

namespace ForeignGrpc.Testing;

/// <summary>
/// A folder of a test. It is deleted when it is disposed of. What tests forget, or cannot dispose of as their start failed, is deleted when
/// the test process ends.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> Left = StartWatching();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foreigngrpc-");

    public TemporaryFolder() => Left[FullName] = true;

    /// <summary>The path of the folder.</summary>
    public string FullName => _folder.FullName;

    /// <summary>The path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(FullName, name);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Left.TryRemove(FullName, out _);
    }

    private static ConcurrentDictionary<string, bool> StartWatching()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteLeft();
        return new ConcurrentDictionary<string, bool>();
    }

    /// <summary>Deletes by a process of its own, as the test runner ends this one within a tenth of a second.</summary>
    private static void DeleteLeft()
    {
        if (!Left.IsEmpty)
        {
            using var remove = Process.Start(new ProcessStartInfo("setsid", ["rm", "-rf", "--", .. Left.Keys]));
        }
    }
}
