using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ForeignGrpc.Server.Rest;

/// <summary>Adds the REST edge to the program.</summary>
internal static class RestEdge
{
    public static void AddRestEdge(this IServiceCollection services)
    {
        services.AddSingleton<RestRoutes>();
        AnswerCompression.AddTo(services);
    }

    /// <summary>Adds compression, errors and paths. Runs before routing.</summary>
    public static void UseRestEdge(this IApplicationBuilder app)
    {
        app.UseAnswerCompression();
        app.UseMiddleware<RestErrorMiddleware>();
        app.UseMiddleware<RestPathMiddleware>();
    }

    /// <summary>Compresses responses of REST calls. gRPC compresses messages itself.</summary>
    private static IApplicationBuilder UseAnswerCompression(this IApplicationBuilder app) => app.UseWhen(
        context => !context.Request.IsGrpc() && !context.Request.IsGrpcWeb(), rest => rest.UseResponseCompression());

    /// <summary>Makes the edge serve the transcoded endpoints of a gRPC service. Its native endpoints do not change.</summary>
    /// <param name="service">The endpoints of the service.</param>
    /// <param name="services">The provider, which has the service as a singleton.</param>
    /// <param name="bind">The generated `BindService`, which lists the operations of the service.</param>
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
                Constrain(endpoint, operation);
                AnswerHeadAsGet(endpoint);
                endpoint.RequestDelegate = new RestHandler(operation, calls[operation.Method.Name]).InvokeAsync;
            }
        });
        return service;
    }

    /// <summary>
    /// Routes by the template. Restricts a path segment to numbers if its field is a number, so that routes `/{id}` and `/{name}` can
    /// coexist.
    /// </summary>
    private static void Constrain(RouteEndpointBuilder endpoint, RestOperation operation)
    {
        var numbers = RoutePatternFactory.Parse(operation.Template.Route).Parameters
            .Where(parameter => FieldPath.Find(operation.Request, parameter.Name)?.Field.Type == FieldType.Int32)
            .ToDictionary(parameter => parameter.Name, object? (_) => new IdConstraint());
        endpoint.RoutePattern = RoutePatternFactory.Parse(operation.Template.Route, null, new RouteValueDictionary(numbers));
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
