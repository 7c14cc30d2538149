using System.Net;

namespace ForeignGrpc.Server.Tests;

/// <summary>
/// A body that is sent when the test says so, behind its headers. With `Expect: 100-continue`, which Kestrel answers over HTTP/1 only, it
/// is asked for when the server begins to read it.
/// </summary>
internal sealed class HeldBody(byte[] body) : HttpContent
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the headers are sent and, over HTTP/1, the server has looked at them.</summary>
    public Task Asked => _asked.Task;

    public void Release() => _released.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        _asked.TrySetResult();
        await _released.Task;
        await stream.WriteAsync(body);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
