using ForeignGrpc.Server.Localization;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Failures;

/// <summary>
/// Answers every <see cref="Failure"/> of a native gRPC call as gRPC does. REST calls, whose failures the edge answers, do not pass it.
/// Outermost.
/// </summary>
internal sealed class GrpcFailureInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Failure failure)
        {
            throw failure.ToGrpc(CallLanguage.Of(context));
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) => RunAsync(continuation(request, responseStream, context), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => RunAsync(continuation(requestStream, responseStream, context), context);

    private static async Task RunAsync(Task stream, ServerCallContext context)
    {
        try
        {
            await stream;
        }
        catch (Failure failure)
        {
            throw failure.ToGrpc(CallLanguage.Of(context));
        }
    }
}
