using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>A stream of response messages that fails when the caller loses the right to the call.</summary>
internal sealed class AuthorizedStreamWriter<T>(IServerStreamWriter<T> inner, AuthorizedCall call) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, call.CancellationToken);

    public Task WriteAsync(T message, CancellationToken cancellationToken) =>
        call.Loss is { } loss ? Task.FromException(loss) : inner.WriteAsync(message, cancellationToken);
}
