namespace ForeignGrpc.Conformance;

/// <summary>A machine allows few watches of files, 128 on Debian: a server that needs one fails to start where others have all.</summary>
public sealed class FewWatchesTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    [SkippableFact]
    public void Server_WatchesNoFiles()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux names the files that a process has open.");

        Assert.Contains(server.OpenFiles, file => file == server.DatabaseFile);
        Assert.DoesNotContain(server.OpenFiles, file => file is not null && file.Contains("inotify", StringComparison.Ordinal));
    }
}
