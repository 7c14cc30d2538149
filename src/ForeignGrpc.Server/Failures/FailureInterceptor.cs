using ForeignGrpc.Store.Model;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Failures;

/// <summary>
/// Translates every exception of an operation into a <see cref="Failure"/>, for gRPC and REST. Failures that callers cannot correct are
/// logged with their cause; callers do not see the cause.
/// </summary>
internal sealed partial class FailureInterceptor(IHostApplicationLifetime lifetime, ILogger<FailureInterceptor> logger) : Interceptor
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
        catch (Exception e) when (e is not (Failure or RpcException))
        {
            throw Translate(e, context);
        }
    }

    private Failure Translate(Exception e, ServerCallContext context)
    {
        switch (e)
        {
            case StoreException { Error: StoreError.Unavailable or StoreError.StorageFull, InnerException: { } cause } failure:
                // Every call fails like this until the store is back, so the log has no stack trace of each.
                LogStoreIsAway(context.Method, failure.Error, cause.GetBaseException().Message);
                return Failure.Of(failure);
            case StoreException failure:
                if (failure.InnerException is not null)
                {
                    LogStoreFailure(context.Method, failure.Error, failure);
                }

                return Failure.Of(failure);
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return Failure.GivenUp();
            case OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested:
                return Failure.Stopping();
            default:
                LogUnforeseen(context.Method, e);
                return Failure.Unforeseen();
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "{Method}: the store failed with {Error}.")]
    private partial void LogStoreFailure(string method, StoreError error, Exception e);

    [LoggerMessage(1002, LogLevel.Error, "{Method}: the store failed with {Error}: {Cause}")]
    private partial void LogStoreIsAway(string method, StoreError error, string cause);

    [LoggerMessage(1003, LogLevel.Error, "{Method} failed with an unexpected exception.")]
    private partial void LogUnforeseen(string method, Exception e);
}
