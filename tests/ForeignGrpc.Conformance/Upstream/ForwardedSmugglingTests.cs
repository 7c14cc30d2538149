using System.Net.Sockets;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>Forwarded requests with a second request hidden in them: the upstream server never sees the hidden one.</summary>
public sealed class ForwardedSmugglingTests(ServerBeforeUpstream server) : IClassFixture<ServerBeforeUpstream>, IAsyncLifetime
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

    public Task InitializeAsync() => server.StandIn.SeenAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Content-Length: 0\r\nContent-Length: 33\r\n\r\n")]
    [InlineData("Content-Length: 0, 33\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(" Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\0z\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("X: y\rContent-Length: 0\r\n\r\n")]
    [InlineData("X Y: 1\r\n\r\n")]
    [InlineData(": 1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n\r\n")]
    public async Task RequestOfDoubtfulLength_IsRefused_AndItsRestIsNotForwarded(string rest)
    {
        var answers = await AskAsync($"POST /count HTTP/1.1\r\nHost: x\r\n{rest}{Hidden}");

        Assert.Matches("^HTTP/1.1 (400|413|501) ", answers);
        Assert.DoesNotContain(await server.StandIn.SeenAsync(), IsHidden);
    }

    [Theory]
    [InlineData("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 35\r\n\r\n", Hidden + "12", "35")]
    [InlineData("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "21;ext=\"\t\"\r\n" + Hidden + "\r\n0\r\nX-T: 1\r\n\r\n", "33")]
    [InlineData("GET /count HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n", Hidden, "33")]
    [InlineData("DELETE /count HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n", Hidden, "33")]
    [InlineData("GET /count HTTP/1.1\r\nHost: x\r\nConnection: Content-Length\r\nContent-Length: 33\r\n\r\n", Hidden, "33")]
    [InlineData("POST /count HTTP/1.1\r\nHost: x\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n",
        "21\r\n" + Hidden + "\r\n0\r\n\r\n", "33")]
    [InlineData("POST /count HTTP/1.1\r\nHost: x\r\nX-Length: 0\r\ntransfer_encoding: chunked\r\nContent-Length: 33\r\n\r\n",
        Hidden, "33")]
    public async Task RequestInABody_StaysInTheBody(string head, string body, string length)
    {
        var answers = await AskAsync($"{head}{body}GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal(2, answers.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.Contains($"\r\n\r\n{length}HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.Equal(["/Cust12345/count", "/Cust12345/last"], (await server.StandIn.SeenAsync()).Select(request => request.Target));
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n")]
    public async Task RequestOfTwoLengths_EndsWhereItsChunksEnd_AndTheConnectionWithIt(string rest)
    {
        var answers = await AskAsync($"POST /count HTTP/1.1\r\nHost: x\r\n{rest}{Hidden}");

        Assert.StartsWith("HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n0", answers, StringComparison.Ordinal);
        var seen = Assert.Single(await server.StandIn.SeenAsync());
        Assert.Equal(("/Cust12345/count", null), (seen.Target, seen.Header("Content-Length")));
    }

    [Theory]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET /x\0y HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /x\ty HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /x y HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET \\\\evil.example\\x HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET @evil.example/x HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n")]
    public async Task MalformedRequest_IsRefused(string request)
    {
        var answers = await AskAsync(request + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (400|404|405|501) ", answers);
        Assert.DoesNotContain(await server.StandIn.SeenAsync(), seen => !seen.Target.EndsWith("/last", StringComparison.Ordinal));
    }

    private static bool IsHidden(SeenRequest request) => request.Target.Contains("hidden", StringComparison.Ordinal);

    /// <summary>Sends it, and returns all that is answered until the server closes the connection, as it must.</summary>
    private async Task<string> AskAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.RestUri.Host, server.RestUri.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await reader.ReadToEndAsync(patience.Token);
    }
}
