using System.Net;
using ForeignGrpc.Server.Security;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Streams of callers whom the upstream server knows, until it knows them no more.</summary>
public sealed class UpstreamRightTests : IAsyncLifetime
{
    private static readonly Metadata Credential = new() { { "authorization", "Bearer 8A:opaque" } };

    private readonly WebApplication _standIn;
    private RunningServer _server = null!;
    private volatile int _status = StatusCodes.Status200OK;
    private int _questions;

    public UpstreamRightTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _standIn = builder.Build();
        _standIn.MapGet("/api/v1/User/currentPrincipal", () =>
        {
            Interlocked.Increment(ref _questions);
            return Results.Json(new Dictionary<string, string> { ["UserName"] = "anna" }, statusCode: _status);
        });
    }

    public async Task InitializeAsync()
    {
        await _standIn.StartAsync();
        _server = new RunningServer
        {
            Settings = ["--environment=Production", $"--Upstream:Url={_standIn.Urls.Single()}", "--Upstream:RememberSeconds=2"],
        };
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Stream_GoesOn_WhileTheUpstreamKnowsTheCaller_AndEndsThen()
    {
        using var stream = await OpenAsync();
        var calls = _server.Services.GetRequiredService<CallsInFlight>();

        // Renewed after a second each: the first answer, which holds for two seconds, has expired.
        await Clients.UntilAsync(() => Task.FromResult(Volatile.Read(ref _questions) >= 4));

        Assert.Equal((1, false), (calls.Count, calls.HasLost));
        _status = StatusCodes.Status401Unauthorized;

        // A stream that waits for its client is reset.
        await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Stream_Ends_WhenTheUpstreamGivesNoAnswerAnyMore()
    {
        using var stream = await OpenAsync();
        _status = StatusCodes.Status500InternalServerError;

        // A stream that waits for its client is reset.
        await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(default));
    }

    private async Task<AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse>> OpenAsync()
    {
        var stream = new ServerReflection.ServerReflectionClient(_server.GrpcInvoker(role: null)).ServerReflectionInfo(Credential);
        await stream.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" });
        Assert.True(await stream.ResponseStream.MoveNext(default));
        return stream;
    }
}
