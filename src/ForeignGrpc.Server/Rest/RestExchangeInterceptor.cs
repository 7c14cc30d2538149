using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ForeignGrpc.Server.Rest;

/// <summary>The operation's end of a <see cref="RestExchange"/>; native gRPC calls have none and pass.</summary>
internal sealed class RestExchangeInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (context.GetHttpContext().Features.Get<RestExchange>() is not { } exchange)
        {
            return await continuation(request, context);
        }

        try
        {
            exchange.Response = (IMessage)await continuation((TRequest)exchange.Request, context);
        }
        catch (Exception e)
        {
            exchange.Failure = e;
        }

        return Activator.CreateInstance<TResponse>();
    }
}
