using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace ForeignGrpc.Conformance;

/// <summary>The trace id of every error that callers get is in the log, in one entry.</summary>
public sealed class FailureLogTests : IAsyncLifetime
{
    private const string Agent = "api/v1/Agents/ForeignSystem/";
    private static readonly Marshaller<byte[]> Bytes = new(bytes => bytes, bytes => bytes);

    private readonly ServerProcess _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("line", "Information")]
    [InlineData("simple", "Debug")]
    [InlineData("json", "Information")]
    [InlineData("systemd", "Debug")]
    public async Task EveryError_IsInTheLogOnce_ByTheTraceIdThatItsCallerGot(string format, string level)
    {
        _server.Settings["Logging__LogLevel__ForeignGrpc.Server.Calls"] = level;
        _server.Settings["Logging__Console__FormatterName"] = format;
        _server.Settings["Logging__Console__FormatterOptions__SingleLine"] = format == "simple" ? "true" : null!;
        await _server.InitializeAsync();
        using var rest = _server.Rest();
        using var anyone = new HttpClient { BaseAddress = _server.RestUri };
        var traces = new List<string>
        {
            await RestAsync(rest, HttpStatusCode.BadRequest, "PUT", "api/v1/ForeignApp/a/b/c/Key", """{"Key":"k","RecordId":-1}"""),
            await RestAsync(rest, HttpStatusCode.BadRequest, "PUT", "api/v1/ForeignApp/a/b/c/Key", "{"),
            await RestAsync(rest, HttpStatusCode.BadRequest, "GET", "api/v1/ForeignApp?$filter=x"),
            await RestAsync(rest, HttpStatusCode.BadRequest, "POST", Agent + "GetForeignDevice?foreignDeviceId=x"),
            await RestAsync(rest, HttpStatusCode.NotFound, "GET", "api/v1/ForeignApp/none"),
            await RestAsync(rest, HttpStatusCode.NotFound, "GET", "api/v1/Nothing"),
            await RestAsync(rest, HttpStatusCode.MethodNotAllowed, "PATCH", "api/v1/ForeignApp"),
            await RestAsync(rest, HttpStatusCode.UnsupportedMediaType, "POST", Agent + "GetKey", "x", "image/png"),
            await RestAsync(rest, HttpStatusCode.NotFound, "GET", "api/v1/ForeignApp/none", accept: "application/xml"),
            await RestAsync(anyone, HttpStatusCode.Unauthorized, "GET", "api/v1/ForeignApp"),
        };
        using var channel = GrpcChannel.ForAddress(_server.GrpcUri);
        var (grpc, metadata) = _server.Grpc();
        traces.AddRange(
        [
            await GrpcAsync(StatusCode.NotFound, () => grpc.GetAppByNameAsync(new() { ApplicationName = "none" }, metadata)),
            await GrpcAsync(StatusCode.InvalidArgument, () => grpc.GetAppByNameAsync(new(), metadata)),
            await GrpcAsync(StatusCode.Unauthenticated, () => grpc.GetAppByNameAsync(new())),
            await GrpcAsync(StatusCode.ResourceExhausted, () => Raw(channel, "GetAppByName", new byte[2 * 1024 * 1024], metadata)),
            await GrpcAsync(StatusCode.NotFound, () => Raw(
                channel, "Check", [0x0a, 0x01, (byte)'x'], metadata, "grpc.health.v1.Health")),
        ]);
        var unreadable = await GrpcAsync(
            StatusCode.InvalidArgument, () => Raw(channel, "GetAppByName", [0x0a, 0x02, 0xff, 0xfe], metadata));
        await _server.StopAsync();

        var lines = _server.Log.Split('\n');
        Assert.All(traces, trace => Assert.Single(lines, line => line.Contains(trace, StringComparison.Ordinal)));
        Assert.Equal(level == "Debug" ? 1 : 0, lines.Count(line => line.Contains(unreadable, StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("RecordId must be 0 or more", StringComparison.Ordinal)
            && line.Contains(traces[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallersCannotFillTheLog_NorTakeTheLinesOfOthers()
    {
        await _server.InitializeAsync();
        using var rest = _server.Rest();
        using var anyone = new HttpClient { BaseAddress = _server.RestUri };
        for (var i = 0; i < 500; i++)
        {
            using var response = await anyone.GetAsync("api/v1/ForeignApp");
        }

        var trace = await RestAsync(rest, HttpStatusCode.NotFound, "GET", "api/v1/ForeignApp/none");
        await _server.StopAsync();

        // 60 a minute; a slow machine may take several minutes.
        Assert.InRange(_server.Log.Split('\n').Count(line => line.Contains("failed with 401", StringComparison.Ordinal)), 60, 400);
        Assert.Contains(trace, _server.Log, StringComparison.Ordinal);
    }

    private static async Task<string> RestAsync(
        HttpClient client,
        HttpStatusCode status,
        string verb,
        string path,
        string? body = null,
        string contentType = "application/json",
        string accept = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, response.StatusCode);
        var trace = accept.EndsWith("xml", StringComparison.Ordinal)
            ? XDocument.Parse(text).Root!.Element("TraceId")!.Value
            : (string)JsonNode.Parse(text)!["TraceId"]!;
        Assert.NotEmpty(trace);
        return trace;
    }

    private static async Task<string> GrpcAsync<T>(StatusCode status, Func<AsyncUnaryCall<T>> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal(status, failure.StatusCode);
        var details = Google.Rpc.Status.Parser.ParseFrom(failure.Trailers.GetValueBytes("grpc-status-details-bin")!).Details;
        var trace = Assert.Single(details, detail => detail.Is(RequestInfo.Descriptor)).Unpack<RequestInfo>().RequestId;
        Assert.NotEmpty(trace);
        return trace;
    }

    private static AsyncUnaryCall<byte[]> Raw(
        GrpcChannel channel, string method, byte[] message, Metadata metadata, string service = "foreignsystem.v1.ForeignSystemAgent") =>
        channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, service, method, Bytes, Bytes), null, new CallOptions(metadata), message);
}
