using System.Net;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client.Web;

namespace ForeignGrpc.Server.Tests;

/// <summary>What bodies of grpc-web calls may hold, for how long, and that the rest of a rejected one does no harm.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class GrpcWebLoadTests(RunningServer server)
{
    private const string Binary = "application/grpc-web";
    private const string Text = "application/grpc-web-text";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task BodyWithoutACredential_IsSmall(GrpcWebMode mode)
    {
        var sessions = new SessionAgent.SessionAgentClient(server.GrpcWebInvoker(role: null, mode));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await sessions.LoginAsync(Login(4_100)));

        Assert.Equal(
            (StatusCode.ResourceExhausted, "BODY_TOO_LARGE"), (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.NotEqual(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(
            async () => await sessions.LoginAsync(Login(3_900)))).StatusCode);

        static LoginRequest Login(int length) => new() { UserName = "Reader", UserPassword = new string('x', length) };
    }

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task Message_HasTheLimitOfNativeGrpc(GrpcWebMode mode)
    {
        var agent = new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcWebInvoker(UserRole.Writer, mode));

        Assert.Equal(StatusCode.ResourceExhausted, (await SaveAsync(1_100_000)).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await SaveAsync(1_500_000)).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await SaveAsync(1_000_000)).StatusCode);

        Task<RpcException> SaveAsync(int length) => Assert.ThrowsAsync<RpcException>(async () => await agent.SaveForeignKeyAsync(
            new SaveForeignKeyRequest
            {
                ApplicationName = "load",
                DeviceName = "unit",
                ForeignKey = new ForeignKey { KeyValue = new string('x', length) },
            }));
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task BodyThatIsMuchTooLarge_IsNotReadAtAll(string type)
    {
        using var held = await HeldCall.BeginRestAsync(server, Head(server, type, 4_000_000), from: null);

        var answer = Uri.UnescapeDataString(await held.Ended.WaitAsync(Patience));
        Assert.Contains("grpc-status: 8\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Limits:BodyBytes", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyThatIsNotWholeInTime_IsGivenUp() => await RunningServer.WithAsync(["--Limits:BodySeconds=1"], async server =>
    {
        var held = await Task.WhenAll(
            BeginAsync(Binary, ""), BeginAsync(Binary, "\0\0"), BeginAsync(Binary, "\0\0\0\0\u0032\n"),
            BeginAsync(Text, "AAA"), BeginAsync(Text, "AAAAADIK"), BeginAsync(Text, "AA==AA==A"));

        foreach (var call in held)
        {
            var answer = Uri.UnescapeDataString(await call.Ended.WaitAsync(Patience));
            Assert.Contains("grpc-status: 1\r\n", answer, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Limits:BodySeconds", answer, StringComparison.Ordinal);
            Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
            call.Dispose();
        }

        Task<HeldCall> BeginAsync(string type, string part) =>
            HeldCall.BeginRestAsync(server, Head(server, type, 1_000_000) + part, from: null);
    });

    [Theory]
    [InlineData(Binary, "\0\0\0\0\u0003\n\u0001x")]
    [InlineData(Binary, "\0\0\0\0\u0003\u000a\u0005x")]
    [InlineData(Binary, "\u0007\0\0\0\u0003\n\u0001x")]
    [InlineData(Text, "AAAAAAMKAXg=")]
    [InlineData(Text, "AAAA!AMKAXg=")]
    public async Task RestOfABody_IsNoRequest(string type, string part)
    {
        var hidden = $"PUT /api/v1/ForeignApp/hidden HTTP/1.1\r\nHost: x\r\nAuthorization: {RunningServer.Credential(UserRole.Writer)}\r\n"
            + "Content-Length: 0\r\n\r\n";
        var last = $"GET /api/v1/ForeignApp/default HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
            + $"Authorization: {RunningServer.Credential(UserRole.Writer)}\r\n\r\n";

        var answers = await Http.SendRawAsync(
            server.RestUri, Head(server, type, part.Length + hidden.Length) + part + hidden + last);

        Assert.Equal(2, answers.Split("HTTP/1.1 200").Length - 1);
        Assert.Contains("grpc-status: 3\r\n", answers, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Rest().GetAsync("ForeignApp/hidden")).StatusCode);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task EndlessBody_IsNotReadOn_OnceItIsRejected(string type)
    {
        const long Most = 64 * 1024 * 1024;
        await using var stream = await RunningServer.ConnectAsync(server.RestUri, from: null);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"POST /foreignsystem.v1.ForeignSystemAgent/GetKey HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.Latin1.GetBytes($"10000\r\n{new string('A', 65_536)}\r\n");
        long sent = 0;

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; sent < Most; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
            }
        });

        Assert.True(sent < Most);
    }

    [Fact]
    public async Task MessageInManySmallPieces_IsReadOnce()
    {
        // A decoder that begins anew with each piece would never come to the end.
        var message = new byte[900_000];
        message[0] = 0x0A;
        byte[] body = [0, 0, 0x0D, 0xBB, 0xA0, .. message];
        var pieces = string.Concat(body.Chunk(5).Select(Convert.ToBase64String));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(server.RestUri, "foreignsystem.v1.ForeignSystemAgent/GetAppByName"))
        {
            Content = new StringContent(pieces),
        };
        request.Content.Headers.ContentType = new(Text);

        using var response = await client.SendAsync(request.With(Clients.Basic(UserRole.Writer))).WaitAsync(Patience);

        Assert.Equal(StatusCode.InvalidArgument, await response.GrpcStatusAsync());
    }

    private static string Head(RunningServer server, string type, int length) =>
        $"POST /foreignsystem.v1.ForeignSystemAgent/GetAppByName HTTP/1.1\r\nHost: {server.RestUri.Authority}\r\n"
        + $"Authorization: {RunningServer.Credential(UserRole.Writer)}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n";
}
