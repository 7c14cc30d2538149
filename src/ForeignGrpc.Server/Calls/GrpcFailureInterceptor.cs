using ForeignGrpc.Server.Failures;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Calls;

/// <summary>
/// Renders every <see cref="Failure"/> of a native gRPC call as a gRPC status, in the language of the call. The outermost interceptor. REST
/// calls do not pass it; the edge renders their failures.
/// </summary>
internal sealed class GrpcFailureInterceptor : Interceptor
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

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(requestStream, responseStream, context));

    private static async Task RunAsync(ServerCallContext context, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Failure failure)
        {
            throw Refusals.ToGrpc(context.GetHttpContext(), failure);
        }
    }
}
