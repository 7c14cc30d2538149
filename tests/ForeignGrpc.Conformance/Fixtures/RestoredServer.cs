namespace ForeignGrpc.Conformance;

/// <summary>A server on a database that was restored from a backup, with keys in it.</summary>
public sealed class RestoredServer : ServerProcess
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await ManyKeys.FillAsync(this, 2_000);
        var backup = Path.Combine(Folder, "copy.db");
        await Tool.MustRunAsync("dotnet", [Tool.Server, "backup", backup], Folder);
        await StopAsync();
        await Tool.MustRunAsync("dotnet", [Tool.Server, "restore", backup], Folder);
        await StartAsync();
    }
}
