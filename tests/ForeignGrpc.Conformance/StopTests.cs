using System.Net;
using System.Net.Http.Json;

namespace ForeignGrpc.Conformance;

/// <summary>SIGTERM: what was accepted is answered, and the server ends with 0.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task StoppedUnderLoad_AnswersWhatItAccepted_AndExitsWithZero()
    {
        var server = new ServerProcess();
        await server.InitializeAsync();
        using var rest = server.Rest();
        var (saved, other) = (0, 0);
        var stopping = false;
        var clients = Enumerable.Range(0, 32).Select(client => Task.Run(async () =>
        {
            for (var id = 0; ; id++)
            {
                try
                {
                    using var response = await rest.PutAsJsonAsync(
                        $"api/v1/ForeignApp/stop/{client}/1/Key", new { Key = "k", Value = "v", TableName = "contact", RecordId = id });
                    _ = response.StatusCode == HttpStatusCode.OK ? Interlocked.Increment(ref saved) : Interlocked.Increment(ref other);
                }
                catch (HttpRequestException) when (Volatile.Read(ref stopping))
                {
                    // Refused or not accepted any more.
                    return;
                }
            }
        })).ToArray();
        await Task.Delay(500);

        Volatile.Write(ref stopping, true);
        var exitCode = await server.StopAsync();
        await Task.WhenAll(clients);

        Assert.Equal(0, exitCode);
        Assert.Equal(0, other);
        Assert.True(saved > 0);
        await server.DisposeAsync();
    }
}
