using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Tests;

/// <summary>
/// Bodies of more than 4 KiB are parsed in turn, over both doors: a body is handed on when the one before it has been parsed.
/// </summary>
public sealed class BodyTurnTests
{
    private const int Large = 5_000;

    private readonly FairTurns _parsing = new(1, int.MaxValue);
    private readonly BodyMemory _memory = new(Options.Create(new LoadLimits()));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LargeBody_IsHandedOn_WhenTheOneBeforeIsParsed(bool isGrpc)
    {
        using var first = Attach(isGrpc, Large);
        using var second = Attach(isGrpc, Large);
        using var small = Attach(isGrpc, 1_000);

        var parsed = await first.ReadAsync();
        var waiting = second.ReadAsync().AsTask();
        small.AdvanceTo((await small.ReadAsync()).Buffer.End);
        Assert.False(waiting.IsCompleted);

        first.AdvanceTo(parsed.Buffer.End);

        second.AdvanceTo((await waiting).Buffer.End);
    }

    [Fact]
    public async Task CallThatEnds_EndsItsTurn()
    {
        using var second = Attach(isGrpc: false, Large);
        using (var first = Attach(isGrpc: false, Large))
        {
            await first.ReadAsync();
        }

        Assert.Equal(Large, (await second.ReadAsync()).Buffer.Length);
    }

    [Fact]
    public async Task CallerWhoLeavesWhileWaiting_FreesTheBody()
    {
        using var first = Attach(isGrpc: false, Large);
        await first.ReadAsync();
        using var leaving = new CancellationTokenSource();
        using var second = Attach(isGrpc: false, Large, leaving.Token);
        var waiting = second.ReadAsync().AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True((await second.ReadAsync()).Buffer.IsEmpty);
    }

    private MeteredBody Attach(bool isGrpc, int length, CancellationToken aborted = default)
    {
        var body = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), length - 5);
        var call = new DefaultHttpContext { RequestAborted = aborted };
        call.Request.Protocol = isGrpc ? "HTTP/2" : "HTTP/1.1";
        call.Request.Method = "POST";
        call.Request.ContentType = isGrpc ? "application/grpc" : "application/json";
        call.Features.Set<IRequestBodyPipeFeature>(new Body(PipeReader.Create(new ReadOnlySequence<byte>(body))));
        return MeteredBody.Attach(call, new CallerKey(true, "Ada"), _memory, _parsing, new LoadLimits(), default)!;
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
