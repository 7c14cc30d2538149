using System.Net;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>Bodies that pass through the server: of any length, in bounded memory, and with the limits of calls.</summary>
[Collection(AloneGroup.Name)]
public sealed class ForwardedBodyTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Piece = 65_536;

    /// <summary>How many MiB each body has; the long form is 4,096.</summary>
    private static readonly long Length = 1_048_576L * Tool.Setting("FOREIGNGRPC_TEST_FORWARDED_MIB", 256);

    private readonly ServerBeforeUpstream _server = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server.Settings["Limits__BodyBytes"] = "65536";
        await _server.InitializeAsync();
        _client = _server.Plain();
        _client.Timeout = TimeSpan.FromMinutes(10);
        _client.DefaultRequestHeaders.Authorization = Service.Credential;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task BodiesAndResponses_AreStreamed_InBoundedMemory()
    {
        await SendAsync(Piece, chunked: true);
        await ReadAsync(Piece, "&chunked");
        var before = _server.PeakMemory;

        Assert.Equal(Length, await SendAsync(Length, chunked: false));
        Assert.Equal(Length, await SendAsync(Length, chunked: true));
        Assert.Equal(Length, await ReadAsync(Length, ""));
        Assert.Equal(Length, await ReadAsync(Length, "&chunked"));

        var grown = _server.PeakMemory - before;
        output.WriteLine(
            $"4 bodies of {Length / 1_048_576:N0} MiB: {grown / 1_048_576} MiB more, {_server.PeakMemory / 1_048_576} MiB at most");
        Assert.True(grown < 100 * 1_048_576, $"The server's memory grew by {grown / 1_048_576} MiB.");
    }

    [Fact]
    public async Task Request_ArrivesBeforeItsBodyIsComplete()
    {
        using var held = new HeldContent();
        var sending = _client.PostAsync("count", held);
        await _server.StandIn.UntilSeenAsync("/count");

        held.Release();

        Assert.Equal("3", await (await sending).Content.ReadAsStringAsync());
    }

    private async Task<long> SendAsync(long length, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "count") { Content = new Zeros(length, chunked) };
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return long.Parse(await response.Content.ReadAsStringAsync(), null);
    }

    private async Task<long> ReadAsync(long length, string form)
    {
        using var response = await _client.GetAsync($"bytes?count={length}{form}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(form.Length == 0 ? length : null, response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync();
        var (count, buffer) = (0L, new byte[Piece]);
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            count += read;
        }

        return count;
    }

    /// <summary>A body of zeros that is never in memory as a whole.</summary>
    private sealed class Zeros(long length, bool chunked) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[Piece];
            for (var left = length; left > 0; left -= Piece)
            {
                await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(Piece, left)));
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return !chunked;
        }
    }

    /// <summary>A body of three bytes, of which the last comes when the test says so.</summary>
    private sealed class HeldContent : HttpContent
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("12"u8.ToArray());
            await stream.FlushAsync();
            await _released.Task;
            await stream.WriteAsync("3"u8.ToArray());
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }
}
