using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ForeignGrpc.Server.Rest;

/// <summary>The way in to the edge: what the composition root calls.</summary>
internal static class RestEdge
{
    public static void AddRestEdge(this IServiceCollection services)
    {
        services.AddSingleton<RestRoutes>();
        AnswerCompression.AddTo(services);
    }

    /// <summary>Compression, errors and paths. Before routing.</summary>
    public static void UseRestEdge(this IApplicationBuilder app)
    {
        app.UseAnswerCompression();
        app.UseMiddleware<RestErrorMiddleware>();
        app.UseMiddleware<RestPathMiddleware>();
    }

    /// <summary>Compresses responses to REST calls. Native gRPC compresses messages by itself.</summary>
    private static IApplicationBuilder UseAnswerCompression(this IApplicationBuilder app) => app.UseWhen(
        context => !context.Request.IsGrpc(), rest => rest.UseResponseCompression());

    /// <summary>Has the edge answer the transcoded endpoints of a gRPC service; its native endpoints stay as they are.</summary>
    /// <param name="service">The endpoints of the service.</param>
    /// <param name="services">Has the service, as a singleton.</param>
    /// <param name="bind">The generated `BindService`, which names the operations of the service.</param>
    public static GrpcServiceEndpointConventionBuilder WithRestEdge<TService>(
        this GrpcServiceEndpointConventionBuilder service, IServiceProvider services, Action<ServiceBinderBase, TService> bind)
        where TService : notnull
    {
        var calls = new RestCalls(services);
        bind(calls, services.GetRequiredService<TService>());
        service.Add(builder =>
        {
            if (builder is RouteEndpointBuilder endpoint
                && endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().SingleOrDefault() is { } metadata)
            {
                var operation = new RestOperation(metadata);
                endpoint.Metadata.Add(operation);
                Constrain(endpoint, operation.Request);
                AnswerHeadAsGet(endpoint);
                endpoint.RequestDelegate = new RestHandler(operation, calls[operation.Method.Name]).InvokeAsync;
            }
        });
        return service;
    }

    /// <summary>A number in the message must be one in the path too, so that `/{id}` and `/{name}` can stand side by side.</summary>
    private static void Constrain(RouteEndpointBuilder endpoint, MessageSchema request)
    {
        var numbers = endpoint.RoutePattern.Parameters
            .Where(parameter => FieldPath.Find(request, parameter.Name)?.Field.Type == FieldType.Int32)
            .ToDictionary(parameter => parameter.Name, object? (_) => new IdConstraint());
        endpoint.RoutePattern = RoutePatternFactory.Parse(endpoint.RoutePattern.RawText!, null, new RouteValueDictionary(numbers));
    }

    private static void AnswerHeadAsGet(RouteEndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<HttpMethodMetadata>().SingleOrDefault() is { HttpMethods: [var verb] } get && HttpMethods.IsGet(verb))
        {
            endpoint.Metadata.Remove(get);
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        }
    }
}
