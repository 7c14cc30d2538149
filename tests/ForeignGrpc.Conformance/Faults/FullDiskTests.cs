using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Conformance;

/// <summary>A disk that is really full: a small one in memory, which only root may mount.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const string NotRoot = "Only root may mount the small disk.";
    private const int Megabyte = 1024 * 1024;

    private readonly ServerProcess _server = new();
    private readonly string _disk = Directory.CreateTempSubdirectory("foreigngrpc-disk-").FullName;
    private bool _isMounted;

    private string Ballast => Path.Combine(_disk, "ballast");

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await Tool.MustRunAsync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", _disk]);
            _isMounted = true;
            await File.WriteAllBytesAsync(Ballast, new byte[4 * Megabyte]);
            _server.Settings["ConnectionStrings__ForeignSystem"] = $"Data Source={Path.Combine(_disk, "foreign.db")}";
            await _server.InitializeAsync();
        }
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_isMounted)
        {
            await Tool.MustRunAsync("umount", [_disk]);
        }

        Directory.Delete(_disk);
    }

    [SkippableFact]
    public async Task FullDisk_RefusesWrites_AnswersReads_AndTakesWritesAgainWhenThereIsSpace()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess || Tool.IsCi, NotRoot);
        using var rest = _server.Rest();
        var saved = new List<int>();
        HttpResponseMessage? refusal = null;
        for (var id = 1; id < 100_000 && refusal is null; id++)
        {
            var response = await SaveAsync(rest, id);
            if (response.IsSuccessStatusCode)
            {
                saved.Add(id);
            }
            else
            {
                refusal = response;
            }
        }

        Assert.True(saved.Count > 50, $"The disk was full after {saved.Count} saves.");
        Assert.Equal(HttpStatusCode.InsufficientStorage, refusal!.StatusCode);
        Assert.Contains(
            "No space is left", (string?)JsonNode.Parse(await refusal.Content.ReadAsStringAsync())!["Message"], StringComparison.Ordinal);
        var (agent, metadata) = _server.Grpc();
        var overGrpc = await Assert.ThrowsAsync<RpcException>(async () => await agent.SaveForeignKeyAsync(
            new SaveForeignKeyRequest
            {
                ApplicationName = "disk",
                DeviceName = "unit",
                DeviceIdentifier = "1",
                ForeignKey = new ForeignKey { KeyName = "k", KeyValue = Value(0), TableName = "contact", RecordId = 999_999 },
            },
            metadata));
        Assert.Equal(StatusCode.ResourceExhausted, overGrpc.StatusCode);
        await AssertAllThereAsync(rest, saved);

        File.Delete(Ballast);

        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(rest, 200_000)).StatusCode);
        await AssertAllThereAsync(rest, [.. saved, 200_000]);
        Assert.Equal(HttpStatusCode.NotFound, (await rest.GetAsync("api/v1/ForeignApp/disk/unit/1/Key/k/contact/999999")).StatusCode);
        for (var clock = Stopwatch.StartNew(); !_server.Log.Contains("The database serves again", StringComparison.Ordinal);)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(3), _server.Log);
            await Task.Delay(100);
        }

        Assert.Contains("An outage of the database begins. No space is left on the disk", _server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await _server.StopAsync());
        await _server.StartAsync();
        using var again = _server.Rest();
        await AssertAllThereAsync(again, [.. saved, 200_000]);
    }

    private static async Task AssertAllThereAsync(HttpClient rest, IEnumerable<int> ids)
    {
        foreach (var id in ids)
        {
            Assert.Equal(Value(id), await rest.GetFromJsonAsync<string>($"api/v1/ForeignApp/disk/unit/1/Key/k/contact/{id}/Value"));
        }
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient rest, int id) => rest.PutAsJsonAsync(
        "api/v1/ForeignApp/disk/unit/1/Key", new { Key = "k", Value = Value(id), TableName = "contact", RecordId = id });

    private static string Value(int id) => new((char)('a' + (id % 26)), 7_000);
}
