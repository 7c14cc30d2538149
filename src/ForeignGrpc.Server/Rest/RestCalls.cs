using ForeignGrpc.Server.Calls;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The unary operations of a service by name, each wrapped in the interceptors of the gRPC server, so that REST and gRPC share them. Only
/// <see cref="GrpcFailureInterceptor"/> is left out: REST renders failures itself.
/// </summary>
/// <param name="services">The services, with the interceptors as singletons.</param>
internal sealed class RestCalls(IServiceProvider services) : ServiceBinderBase
{
    private readonly Interceptor[] _innermostFirst =
    [
        .. services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value.Interceptors
            .Where(interceptor => interceptor.Type != typeof(GrpcFailureInterceptor))
            .Select(interceptor => (Interceptor)services.GetRequiredService(interceptor.Type)).Reverse(),
    ];

    private readonly Dictionary<string, Func<IMessage, HttpContext, Task<IMessage>>> _calls = [];

    /// <summary>The operation with the name: takes the request message and returns the response message.</summary>
    public Func<IMessage, HttpContext, Task<IMessage>> this[string operation] => _calls[operation];

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var call = _innermostFirst.Aggregate(
            handler!, (next, interceptor) => (request, context) => interceptor.UnaryServerHandler(request, context, next));
        _calls[method.Name] = async (request, http) => (IMessage)await call((TRequest)request, new RestCallContext(http, method.FullName));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // REST does not serve streaming operations.
    }
}
