using System.Net;
using System.Net.Http.Headers;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace ForeignGrpc.Server.Tests;

/// <summary>What bodies may hold, for how long, and how large one may be whose caller has no credential.</summary>
public sealed class BodyLoadTests
{
    private const string Call = "ForeignApp/load/unit/1/Key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("application/json", """{{"UserName":"Reader","Password":"{0}"}}""", false)]
    [InlineData("application/json", """{{"UserName":"Reader","Password":"{0}"}}""", true)]
    [InlineData("application/x-www-form-urlencoded", "UserName=Reader&Password={0}", false)]
    [InlineData("application/xml", "<LoginRequest><UserName>Reader</UserName><Password>{0}</Password></LoginRequest>", true)]
    public async Task BodyWithoutACredential_IsSmall_OverRest(string type, string body, bool isChunked)
    {
        await using var server = await StartAsync();

        using var large = await PostAsync(4_100);

        Assert.Contains(
            "4,096 bytes at most (setting Limits:AnonymousBodyBytes)", await large.ReadErrorAsync(HttpStatusCode.RequestEntityTooLarge),
            StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(3_900)).StatusCode);

        async Task<HttpResponseMessage> PostAsync(int length)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "Session/Login")
            {
                Content = new StringContent(string.Format(null, body, new string('x', length)), new MediaTypeHeaderValue(type)),
            };
            request.Headers.TransferEncodingChunked = isChunked;
            return await server.Rest(role: null).SendAsync(request);
        }
    }

    [Fact]
    public async Task BodyWithoutACredential_IsSmall_OverGrpc()
    {
        await using var server = await StartAsync("--environment=Development");
        var sessions = new SessionAgent.SessionAgentClient(server.GrpcInvoker(role: null));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await sessions.LoginAsync(Login(4_100)));

        Assert.Equal(
            (StatusCode.ResourceExhausted, "BODY_TOO_LARGE"), (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.NotEqual(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(
            async () => await sessions.LoginAsync(Login(3_900)))).StatusCode);
        using var reflection = new ServerReflection.ServerReflectionClient(server.GrpcInvoker(role: null)).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = new string('x', 5_000) });
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(
            () => reflection.ResponseStream.MoveNext(default))).StatusCode);

        static LoginRequest Login(int length) => new() { UserName = "Reader", UserPassword = new string('x', length) };
    }

    [Theory]
    [InlineData("Content-Length: 1000000", 999_990)]
    [InlineData("Content-Length: 100", 0)]
    [InlineData("Content-Length: 100", 50)]
    [InlineData("Transfer-Encoding: chunked", 0)]
    public async Task BodyThatIsNotWholeInTime_IsGivenUp_OverRest(string length, int sent)
    {
        await using var server = await StartAsync("--Limits:BodySeconds=1");
        var body = length.StartsWith('T') ? "5\r\n{    \r\n" : new string(' ', sent);

        using var held = await HeldCall.BeginRestAsync(
            server,
            $"PUT /api/v1/{Call} HTTP/1.1\r\nHost: x\r\nAuthorization: {RunningServer.Credential(UserRole.Writer)}\r\n"
            + $"{length}\r\n\r\n{body}",
            from: null);

        var answer = await held.Ended.WaitAsync(Patience);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.Contains("Limits:BodySeconds", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Rest().PutAsync(Call, Http.Json("""{"Key":"k","Value":"v"}"""))).StatusCode);
    }

    [Fact]
    public async Task MessageThatIsNotWholeInTime_IsGivenUp_OverGrpc()
    {
        await using var server = await StartAsync("--Limits:BodySeconds=1");
        var credential = new Metadata { { "authorization", RunningServer.Credential(UserRole.Writer) } };
        using var unary = HeldCall.BeginGrpc<SaveForeignKeyRequest, ForeignKey>(
            server, ForeignSystemAgent.Descriptor.FullName, "SaveForeignKey", ForeignKey.Parser, from: null, credential);
        using var streamed = HeldCall.BeginGrpc<StreamApplicationKeysRequest, ForeignKey>(
            server, ForeignSystemAgent.Descriptor.FullName, "StreamApplicationKeys", ForeignKey.Parser, from: null, credential);
        using var reflection = HeldCall.BeginGrpc<ServerReflectionRequest, ServerReflectionResponse>(
            server, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo",
            ServerReflectionResponse.Parser, from: null, credential);

        foreach (var held in new[] { unary, streamed, reflection })
        {
            Assert.StartsWith(
                "Cancelled: The body was not complete within 1 seconds (setting Limits:BodySeconds)", await held.Ended.WaitAsync(Patience),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task BodiesOfOneCaller_LeaveTheMemoryOfOthersAlone()
    {
        await using var server = await StartAsync("--Limits:BodyMemoryPerCaller=1048576");
        using var one = await BeginAsync();
        using var two = await BeginAsync();
        var large = Http.Json($$"""{"Key":"k","Value":"{{new string('x', 900_000)}}"}""");

        // A body that came before the two were read is too long for a key.
        HttpResponseMessage refused;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            refused = await server.Rest().PutAsync(Call, large);
            Assert.True(clock.Elapsed < Patience, "It is not refused.");
        }
        while (refused.StatusCode == HttpStatusCode.BadRequest);

        Assert.Contains(
            "1,048,576 bytes (setting Limits:BodyMemoryPerCaller)", await refused.ReadErrorAsync(HttpStatusCode.TooManyRequests),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Rest().PutAsync(Call, Http.Json("""{"Key":"k","Value":"v"}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Rest(UserRole.Admin).PutAsync(Call, large)).StatusCode);

        Task<HeldCall> BeginAsync() => HeldCall.BeginRestAsync(
            server,
            $"PUT /api/v1/{Call} HTTP/1.1\r\nHost: x\r\nAuthorization: {RunningServer.Credential(UserRole.Writer)}\r\n"
            + $"Content-Length: 1000000\r\n\r\n{new string(' ', 600_000)}", from: null);
    }

    private static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var server = new RunningServer { Settings = settings };
        await server.InitializeAsync();
        return server;
    }
}
