using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using ForeignGrpc.Store.Model;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The list of all REST and Agents addresses with what each HTTP method does there, made from the protos.</summary>
internal static class ApiDirectory
{
    private const string Path = "/api/v1";

    private static readonly FieldSchema Addresses =
        MessageSchema.Of(ApiAddresses.Descriptor).Find(ApiAddresses.Descriptor.FindFieldByNumber(1).Name)!;

    public static void MapApiDirectory(this WebApplication app)
    {
        var methods = new Lazy<(string Path, Struct Methods)[]>(() => Read(app.Services.GetRequiredService<EndpointDataSource>()));
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], context => AnswerAsync(context, methods.Value))
            .WithMetadata(new RequiresRoleAttribute(UserRole.Reader));

        // gRPC has a route for any path of two segments, which keeps routing from answering 405 by itself.
        app.Map(Path, context =>
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = $"{HttpMethods.Get}, {HttpMethods.Head}";
            return Task.CompletedTask;
        });
    }

    private static (string Path, Struct Methods)[] Read(EndpointDataSource endpoints)
    {
        var comments = new ProtoComments();
        return
        [
            .. endpoints.Endpoints
                .Select(endpoint => endpoint.Metadata.GetMetadata<RestOperation>())
                .OfType<RestOperation>()
                .GroupBy(operation => operation.Template.Documented)
                .OrderBy(path => path.Key, StringComparer.Ordinal)
                .Select(path => (path.Key, Describe(path, comments))),
        ];
    }

    private static Struct Describe(IEnumerable<RestOperation> operations, ProtoComments comments)
    {
        var methods = new Struct();
        foreach (var operation in operations)
        {
            methods.Fields[operation.Verb] = Value.ForString(comments.Of(operation.Method)!);
        }

        return methods;
    }

    private static Task AnswerAsync(HttpContext context, IEnumerable<(string Path, Struct Methods)> paths)
    {
        var (answer, root) = (new ApiAddresses(), AbsoluteUrls.Root(context.Request));
        foreach (var (path, methods) in paths)
        {
            answer.AddressMethods.Add(root + path, methods);
        }

        var mediaType = MediaTypes.Negotiate(context.Request.Headers.Accept);
        return RestResponses.WriteAsync(context, StatusCodes.Status200OK, mediaType, answer, Addresses);
    }
}
