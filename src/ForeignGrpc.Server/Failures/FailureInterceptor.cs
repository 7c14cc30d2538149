using ForeignGrpc.Store.Model;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Failures;

/// <summary>
/// Translates every exception of an operation into a <see cref="Failure"/>, for gRPC and REST. The exception becomes the cause of the
/// failure: it is logged, and callers do not see it.
/// </summary>
internal sealed class FailureInterceptor(IHostApplicationLifetime lifetime) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await RunAsync(context, async () => response = await continuation(request, context));
        return response!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(request, responseStream, context));

    private async Task RunAsync(ServerCallContext context, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is not Failure)
        {
            throw Translate(e, context);
        }
    }

    private Failure Translate(Exception e, ServerCallContext context) => e switch
    {
        StoreException failure => Failure.Of(failure),
        RpcException failure => Failure.Of(failure.Status),
        OperationCanceledException when context.CancellationToken.IsCancellationRequested => Failure.GivenUp(),
        OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested => Failure.Stopping(),
        _ => Failure.Unforeseen(e),
    };
}
