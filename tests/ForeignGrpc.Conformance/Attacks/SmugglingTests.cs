using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Requests whose end a proxy and this server could see in different places, with a second request hidden in them (RFC 9112, sections 6 and
/// 11.2). None is taken for two.
/// </summary>
public sealed class SmugglingTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", "0\r\n\r\n")]
    [InlineData("Content-Length: 0\r\nContent-Length: 5\r\n\r\n", "")]
    [InlineData("Content-Length: 0, 5\r\n\r\n", "")]
    [InlineData("Content-Length: -1\r\n\r\n", "")]
    [InlineData("Content-Length: 0x0\r\n\r\n", "")]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity\r\n\r\n", "")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n", "0\r\n\r\n")]
    [InlineData(" Transfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n")]
    [InlineData("Content-Length : 0\r\n\r\n", "")]
    [InlineData("X: y\0z\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("X: y\rContent-Length: 0\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "-1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "0x0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "ffffffffffffffff0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "1\r\nab\r\n0\r\n\r\n")]
    public async Task RequestOfDoubtfulLength_IsRefused_AndItsRestIsNotRead(string head, string body)
    {
        var app = $"smuggled {Guid.NewGuid():N}";
        var answers = await AskAsync(
            server.RestUri, $"PUT /api/v1/ForeignApp/first/unit/1/Key HTTP/1.1\r\nHost: x\r\n{Credential}{head}{body}{Hidden(app)}");

        Assert.True(
            answers.StartsWith("HTTP/1.1 400", StringComparison.Ordinal) || answers.StartsWith("HTTP/1.1 413", StringComparison.Ordinal)
                || answers.StartsWith("HTTP/1.1 501", StringComparison.Ordinal), answers);
        await AssertNotThereAsync(app, answers);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("G\0T / HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task MalformedRequest_IsRefused_AndTheConnectionWithIt(string request)
    {
        var app = $"smuggled {Guid.NewGuid():N}";
        var answers = await AskAsync(server.RestUri, request + Hidden(app));

        Assert.Matches("^HTTP/1.1 (400|405|505) ", answers);
        await AssertNotThereAsync(app, answers);
    }

    [Fact]
    public async Task Http1OnTheGrpcPort_IsRefused()
    {
        var app = $"smuggled {Guid.NewGuid():N}";
        var answers = await AskAsync(server.GrpcUri, Hidden(app));

        Assert.StartsWith("HTTP/1.1 400", answers, StringComparison.Ordinal);
        await AssertNotThereAsync(app, answers);
    }

    [Theory]
    [InlineData("connection", "keep-alive")]
    [InlineData("Content-Type", "application/grpc")]
    [InlineData("content-length", "1")]
    [InlineData("x", "a\r\nb: c")]
    [InlineData(":path", "/other")]
    public async Task HeaderThatHttp2Forbids_IsRefused(string name, string value)
    {
        var app = $"smuggled {Guid.NewGuid():N}";
        using var connection = await RawHttp2Connection.OpenAsync(server.GrpcUri);

        await connection.SaveAsync(app, (name, value));

        await AssertNotThereAsync(app, "");
    }

    [Fact]
    public async Task SaveOverHttp2_WithoutSuchAHeader_IsDone()
    {
        var app = $"smuggled {Guid.NewGuid():N}";
        using var connection = await RawHttp2Connection.OpenAsync(server.GrpcUri);

        await connection.SaveAsync(app);

        using var rest = server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync($"api/v1/ForeignApp/{app}")).StatusCode);
    }

    private static string Credential => $"Authorization: {Service.Credential}\r\n";

    private static string Hidden(string app) =>
        $"PUT /api/v1/ForeignApp/{Uri.EscapeDataString(app)} HTTP/1.1\r\nHost: x\r\n{Credential}Content-Length: 0\r\n\r\n";

    /// <summary>Sends it, and returns all that is answered until the server closes the connection, as it must.</summary>
    private static async Task<string> AskAsync(Uri uri, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(uri.Host, uri.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var (answers, buffer) = (new StringBuilder(), new byte[4096]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (await stream.ReadAsync(buffer, patience.Token) is var read and > 0)
        {
            answers.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return answers.ToString();
    }

    private async Task AssertNotThereAsync(string app, string answers)
    {
        using var rest = server.Rest();
        Assert.True(
            (await rest.GetAsync($"api/v1/ForeignApp/{app}")).StatusCode == HttpStatusCode.NotFound,
            $"The hidden request was carried out: {answers}");
    }
}
