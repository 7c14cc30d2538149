using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Conformance;

/// <summary>A page in a real browser that calls a server of another origin by grpc-web.</summary>
public sealed class GrpcWebPageTests(ServerProcess pages) : IClassFixture<ServerProcess>, IAsyncLifetime
{
    private readonly ServerProcess _server = new()
    {
        Settings = { ["Cors__Origins__0"] = pages.RestUri.GetLeftPart(UriPartial.Authority) },
    };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [BrowserFact]
    public async Task PageOfAnAllowedOrigin_Saves_AndReadsWhyACallIsRefused()
    {
        await NodePackages.InstalledAsync();
        var key = new ForeignKey { KeyName = "k", KeyValue = "from a page" };
        var message = new SaveForeignKeyRequest { ApplicationName = "web", DeviceName = "page", ForeignKey = key }.ToByteArray();
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);

        var output = await Tool.MustRunAsync(
            "node",
            [
                "grpc-web-page.cjs", Tool.PathOf("chromium"), $"{_server.RestUri}foreignsystem.v1.ForeignSystemAgent/SaveForeignKey",
                Service.Credential.ToString(), Convert.ToBase64String(frame), $"{pages.RestUri}health/live",
                $"http://localhost:{pages.RestUri.Port}/health/live",
            ],
            Tool.Node);

        var (allowed, other) = (JsonNode.Parse(output)![0]!, JsonNode.Parse(output)![1]!);
        Assert.Equal("from a page", SavedValue((string)allowed["saved"]!["body"]!));
        Assert.Equal("16", (string?)allowed["refused"]!["grpcStatus"]);
        Assert.Contains("credential", (string)allowed["refused"]!["grpcMessage"]!, StringComparison.Ordinal);
        Assert.StartsWith("TypeError", (string)other["error"]!, StringComparison.Ordinal);
    }

    /// <summary>The value of the key in a response, whose status must be OK.</summary>
    private static string SavedValue(string text)
    {
        // Each flush of the server is a piece of base64 with its own padding.
        var body = text.Split('=', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(piece => Convert.FromBase64String(piece.PadRight((piece.Length + 3) / 4 * 4, '='))).ToArray();
        var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        Assert.Contains("grpc-status: 0", Encoding.ASCII.GetString(body, 5 + length, body.Length - 5 - length), StringComparison.Ordinal);
        return ForeignKey.Parser.ParseFrom(body, 5, length).KeyValue;
    }
}
