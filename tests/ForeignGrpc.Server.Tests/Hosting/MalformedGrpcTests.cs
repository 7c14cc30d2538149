using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ForeignGrpc.Server.Tests;

/// <summary>gRPC and grpc-web calls that cannot be read are INVALID_ARGUMENT, and leave nothing in the log but debug lines.</summary>
public sealed class MalformedGrpcTests : IAsyncLifetime
{
    private readonly RunningServer _server = new();
    private readonly Log _log = new();
    private readonly HttpClient _http = new();

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _server.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _log.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GetAppByName", "0a02fffe", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0a0541", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0a", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "00", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0affffffffffffffffffff7f", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0f01", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0801", StatusCode.InvalidArgument)]
    [InlineData("SaveForeignKey", "0a040a02fffe", StatusCode.InvalidArgument)]
    [InlineData("StreamApplicationKeys", "0a02fffe", StatusCode.InvalidArgument)]
    [InlineData("GetAppByName", "0a0441424344", StatusCode.NotFound)]
    public async Task Message_ThatIsNotProtobuf(string operation, string hex, StatusCode expected)
    {
        var message = Convert.FromHexString(hex);

        await AssertAsync(expected, operation, Frame(0, message.Length, message));
    }

    [Fact]
    public async Task Message_ThatIsNotFramedAsItSays()
    {
        byte[] good = [0x0A, 1, 0x41];

        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", Frame(0, 10, good));
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", [0, 0, 0]);
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", []);
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", Frame(7, good.Length, good));
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", Frame(1, good.Length, good));
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", [.. Frame(0, good.Length, good), .. Frame(0, good.Length, good)]);
        await AssertAsync(StatusCode.InvalidArgument, "GetAppByName", Frame(1, good.Length, good), ("grpc-encoding", "gzip"));
        await AssertAsync(StatusCode.Unimplemented, "GetAppByName", Frame(1, good.Length, good), ("grpc-encoding", "snappy"));
        await AssertAsync(StatusCode.NotFound, "GetAppByName", Frame(0, good.Length, good));
    }

    [Fact]
    public async Task Message_ThatIsNestedTooDeep()
    {
        var value = Google.Protobuf.WellKnownTypes.Value.ForNull();
        for (var i = 0; i < 200; i++)
        {
            value = Google.Protobuf.WellKnownTypes.Value.ForList(value);
        }

        var patch = new PatchForeignAppEntityRequest
        {
            ForeignAppEntityId = 1,
            Changes = { new PatchOperation { Op = "add", Path = "/Name", Value = value } },
        };
        var message = Google.Protobuf.MessageExtensions.ToByteArray(patch);

        await AssertAsync(StatusCode.InvalidArgument, "PatchForeignAppEntity", Frame(0, message.Length, message));
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("A")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAMKAU")]
    [InlineData("AAAAAAMKAU=")]
    [InlineData("AAAAAAMKAU\nE=")]
    [InlineData("AAAA AAMKAUE=")]
    [InlineData("=AAA")]
    [InlineData("AA=A")]
    [InlineData("====")]
    [InlineData("-_-_-_-_")]
    [InlineData("gAAAAAA=")]
    [InlineData("{}")]
    public async Task Text_ThatIsNotBase64OfAMessage(string text) => await AssertAsync(
        StatusCode.InvalidArgument, "GetAppByName", "application/grpc-web-text", Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("123456789S", StatusCode.InvalidArgument)]
    [InlineData("99999999999999999999H", StatusCode.InvalidArgument)]
    [InlineData("-1S", StatusCode.InvalidArgument)]
    [InlineData("1", StatusCode.InvalidArgument)]
    [InlineData("S", StatusCode.InvalidArgument)]
    [InlineData("1s", StatusCode.InvalidArgument)]
    [InlineData("1.5S", StatusCode.InvalidArgument)]
    [InlineData("99999999H", StatusCode.NotFound)]
    [InlineData("99999999S", StatusCode.NotFound)]
    [InlineData("30S", StatusCode.NotFound)]
    public async Task Timeout_OutOfItsRange(string timeout, StatusCode expected) =>
        await AssertAsync(expected, "GetAppByName", Frame(0, 3, [0x0A, 1, 0x41]), ("grpc-timeout", timeout));

    private static byte[] Frame(byte flag, int length, byte[] message)
    {
        var header = new byte[5];
        header[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), length);
        return [.. header, .. message];
    }

    private async Task AssertAsync(StatusCode expected, string operation, byte[] body, params (string Name, string Value)[] headers)
    {
        var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(body));
        await AssertAsync(expected, operation, "application/grpc", body, headers);
        await AssertAsync(expected, operation, "application/grpc-web", body, headers);
        await AssertAsync(expected, operation, "application/grpc-web-text", text, headers);
    }

    private async Task AssertAsync(
        StatusCode expected, string operation, string type, byte[] body, params (string Name, string Value)[] headers)
    {
        var isNative = type == "application/grpc";
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(isNative ? _server.GrpcUri : _server.RestUri, $"{ForeignSystemAgent.Descriptor.FullName}/{operation}"))
        {
            Content = new ByteArrayContent(body),
            Version = isNative ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "te", "trailers" }, { "accept", type }, { "authorization", RunningServer.Credential(UserRole.Writer) } },
        };
        request.Content.Headers.ContentType = new(type);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);

        Assert.Equal(expected, await response.GrpcStatusAsync());
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType, StringComparer.Ordinal);

        // A message that can be read and is wrong is information; FailureLogTests knows which are not.
        Assert.DoesNotContain(
            _log.Lines, line => line.Level > LogLevel.Information && line.Category.Contains("Grpc", StringComparison.Ordinal));
    }

    private sealed class Log : ILoggerProvider
    {
        public ConcurrentQueue<(LogLevel Level, string Category)> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
            // Holds nothing but memory.
        }

        private sealed class Logger(Log log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                log.Lines.Enqueue((logLevel, category));
        }
    }
}
