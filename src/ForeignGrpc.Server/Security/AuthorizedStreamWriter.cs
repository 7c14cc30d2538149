using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>A stream of messages, which ends when the caller has lost the right to the call.</summary>
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
