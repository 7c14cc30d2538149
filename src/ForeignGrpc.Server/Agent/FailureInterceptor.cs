using ForeignGrpc.Store.Model;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Agent;

/// <summary>Gives every failure its status. What callers cannot mend is logged, with its cause, which callers do not get to see.</summary>
internal sealed partial class FailureInterceptor(ILogger<FailureInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (StoreException e)
        {
            if (e.InnerException is not null)
            {
                LogStoreFailure(context.Method, e.Error, e);
            }

            throw Failures.Of(e);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The caller gave up."));
        }
        catch (Exception e) when (e is not RpcException)
        {
            LogUnforeseen(context.Method, e);
            throw Failures.Unforeseen();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method}: the store failed as {Error}.")]
    private partial void LogStoreFailure(string method, StoreError error, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed in an unforeseen way.")]
    private partial void LogUnforeseen(string method, Exception e);
}
