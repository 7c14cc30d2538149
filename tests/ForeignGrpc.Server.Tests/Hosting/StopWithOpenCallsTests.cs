using System.Net;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace ForeignGrpc.Server.Tests;

/// <summary>A stop waits for the server's work, not for callers who do nothing.</summary>
public sealed class StopWithOpenCallsTests
{
    /// <summary>Much shorter than the time that the setting gives a stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task OpenCalls_EndWithUnavailable_OrTheirConnection_AndDoNotHoldUpAStop()
    {
        await using var server =
            new RunningServer { Settings = ["--ShutdownTimeoutSeconds=600", "--Limits:BodySeconds=600", "--Limits:AnonymousSeconds=600"] };
        await server.InitializeAsync();
        var agent = server.Grpc();
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => agent.SaveForeignKeyAsync(Large(i)).ResponseAsync));
        var credential = new Metadata { { "authorization", RunningServer.Credential(UserRole.Writer) } };
        var head = $"HTTP/1.1\r\nHost: x\r\nAuthorization: {credential.GetValue("authorization")}\r\n";
        var (service, list) = (ForeignSystemAgent.Descriptor.FullName, new StreamApplicationKeysRequest { ApplicationName = "load" });

        using var unreadStream = agent.StreamApplicationKeys(list);
        Assert.True(await unreadStream.ResponseStream.MoveNext(default));
        using var watch = await HeldCall.BeginAsync(server, "Watch", IPAddress.Loopback);
        HeldCall[] unavailable =
        [
            HeldCall.BeginGrpc<SaveForeignKeyRequest, ForeignKey>(server, service, "SaveForeignKey", ForeignKey.Parser, null, credential),
            HeldCall.BeginGrpc<StreamApplicationKeysRequest, ForeignKey>(
                server, service, "StreamApplicationKeys", ForeignKey.Parser, null, credential),
            HeldCall.BeginGrpc<ServerReflectionRequest, ServerReflectionResponse>(
                server, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo",
                ServerReflectionResponse.Parser, null, credential),
        ];
        using var body = await HeldCall.BeginRestAsync(
            server, $"PUT /api/v1/ForeignApp/a/b/c/Key {head}Content-Length: 100\r\n\r\n{{", null);
        using var line = await HeldCall.BeginRestAsync(server, "GET /api/v1/Foreign", null);
        using var idle = await HeldCall.BeginRestAsync(server, "", null);
        await using var unread = await RunningServer.ConnectAsync(server.RestUri, null);
        await unread.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /api/v1/ForeignApp {head}Content-Length: 0\r\n\r\n"));
        Assert.Equal('H', unread.ReadByte());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => agent.GetAllAsync(new GetAllRequest { TopRows = 1 }).ResponseAsync));

        await server.StopAsync().WaitAsync(Patience);

        foreach (var call in unavailable)
        {
            Assert.StartsWith("Unavailable", await call.Ended.WaitAsync(Patience), StringComparison.Ordinal);
        }

        Assert.Equal(["OK", "", ""], await Task.WhenAll(watch.Ended, line.Ended, idle.Ended).WaitAsync(Patience));
        var answer = await body.Ended.WaitAsync(Patience);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 503", StringComparison.Ordinal), answer);
    }

    private static SaveForeignKeyRequest Large(int record) => new()
    {
        ApplicationName = "load",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", TableName = "contact", RecordId = record, KeyValue = new string('x', 8_000) },
    };
}
