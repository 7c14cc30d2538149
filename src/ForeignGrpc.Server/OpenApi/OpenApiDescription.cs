using System.Reflection;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using ForeignGrpc.Server.Security;
using ForeignSystem.V1;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The OpenAPI 3.1 document of all REST and Agents routes, made from the protos and their HTTP rules.</summary>
internal sealed class OpenApiDescription(EndpointDataSource endpoints, AuthOptions auth)
{
    /// <summary>What stands for the address of the server.</summary>
    public const string ServerUrl = "{server}";

    private readonly ProtoComments _comments = new();

    /// <summary>The version of the program, without the commit that its builder adds after a `+`.</summary>
    private static string Version { get; } = typeof(OpenApiDescription).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Builds the document from the endpoints of the server.</summary>
    public OpenApiDocument Build()
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "ForeignGrpc",
                Version = Version,
                Description = _comments.Of(ForeignSystemAgent.Descriptor),
            },
            Servers = [new OpenApiServer { Url = ServerUrl }],
            Tags = new HashSet<OpenApiTag>(),
            Paths = [],
        };
        var schemas = new Schemas(document, _comments);
        HeaderParameters.AddTo(document);
        ErrorResponses.AddTo(document, schemas);
        SecuritySchemes.AddTo(document, auth);
        var ids = new OperationIds();
        foreach (var (operation, role) in Operations())
        {
            var path = operation.Template.Documented;
            if (!document.Paths.TryGetValue(path, out var item))
            {
                document.Paths.Add(path, item = new OpenApiPathItem());
            }

            ((OpenApiPathItem)item).AddOperation(HttpMethod.Parse(operation.Verb), Describe(operation, role, document, schemas, ids));
        }

        return document;
    }

    private IEnumerable<(RestOperation Operation, RequiresRoleAttribute? Role)> Operations() =>
        from endpoint in endpoints.Endpoints
        let operation = endpoint.Metadata.GetMetadata<RestOperation>()
        where operation is not null
        select (operation, endpoint.Metadata.GetMetadata<RequiresRoleAttribute>());

    private OpenApiOperation Describe(
        RestOperation operation, RequiresRoleAttribute? role, OpenApiDocument document, Schemas schemas, OperationIds ids)
    {
        var text = _comments.Of(operation.Method) ?? "";
        return new OpenApiOperation
        {
            OperationId = ids.Of(operation),
            Tags = new HashSet<OpenApiTagReference> { OperationTags.Of(operation, document) },
            Summary = operation.Method.Name,
            Description = role is null ? text : $"{text}\n\nRequires at least the role {role.Role.ToString().ToLowerInvariant()}.",
            Security = role is null ? [] : null,
            Parameters = [.. Parameters(operation, schemas), .. HeaderParameters.Of(operation, document)],
            RequestBody = operation.TakesBody ? Body(operation, schemas) : null,
            Responses = Responses(operation, document, schemas),
        };
    }

    private static IEnumerable<IOpenApiParameter> Parameters(RestOperation operation, Schemas schemas)
    {
        foreach (var (_, path) in operation.Template.Parameters)
        {
            yield return Parameter(path.Field, path.Field.PathName, ParameterLocation.Path, isRequired: true);
        }

        foreach (var field in operation.QueryFields)
        {
            yield return Parameter(field, field.QueryName, ParameterLocation.Query, field.IsRequired);
        }

        if (operation.TakesSelect)
        {
            yield return new OpenApiParameter
            {
                Name = ResponseShape.SelectQuery,
                In = ParameterLocation.Query,
                Description = "Names of the properties to return, separated by commas. The other properties are null. Default: all.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        OpenApiParameter Parameter(FieldSchema field, string name, ParameterLocation location, bool isRequired)
        {
            var schema = (OpenApiSchema)schemas.Of(field);
            var parameter = new OpenApiParameter
            {
                Name = name,
                In = location,
                Required = isRequired,
                Description = schema.Description,
                Example = schema.Examples?[0],
                Schema = schema,
            };
            (schema.Description, schema.Examples) = (null, null);
            schema.Type &= ~JsonSchemaType.Null;
            return parameter;
        }
    }

    private static OpenApiRequestBody Body(RestOperation operation, Schemas schemas) => new()
    {
        Required = operation.BodyField?.IsRequired ?? operation.Request.Fields.Any(field => field.IsRequired),
        Content = operation.ReadableTypes.ToDictionary(
            type => type, _ => new OpenApiMediaType { Schema = BodySchema(operation, schemas) }),
    };

    private static IOpenApiSchema BodySchema(RestOperation operation, Schemas schemas) => operation.BodyField switch
    {
        null => schemas.Of(operation.Request),
        { IsPatch: true } field => new OpenApiSchema
        {
            OneOf = [schemas.Of(field), new OpenApiSchema { Type = JsonSchemaType.Object, Description = "A merge patch (RFC 7386)." }],
        },
        { Message: { } message } => schemas.Of(message),
        var field => schemas.Of(field),
    };

    private static OpenApiResponses Responses(RestOperation operation, OpenApiDocument document, Schemas schemas)
    {
        var responses = new OpenApiResponses();
        if (operation.IsVoid)
        {
            responses.Add("204", new OpenApiResponse { Description = "Done." });
        }
        else
        {
            responses.Add("200", new OpenApiResponse
            {
                Description = operation is { IsAgent: true, IsRead: true } ? "The result; null if nothing was found." : "The result.",
                Content = MediaTypes.Writable.ToDictionary(
                    type => type, _ => new OpenApiMediaType { Schema = ResponseSchema(operation, schemas) }),
            });
        }

        if (operation is { IsRead: true, Links: not null } && operation.Verb == HttpMethods.Get)
        {
            responses.Add("304", new OpenApiResponse { Description = "The resource was not saved after the date in If-Modified-Since." });
        }

        foreach (var (status, response) in ErrorResponses.Of(operation, document))
        {
            responses.Add(status, response);
        }

        return responses;
    }

    private static IOpenApiSchema ResponseSchema(RestOperation operation, Schemas schemas)
    {
        var schema = operation switch
        {
            { ResponseField: { } field } => schemas.Of(field),
            { Links: not null } => schemas.WithLinks(operation.Response, ResourceLinks.Names),
            _ => schemas.Of(operation.Response),
        };
        return operation is { IsAgent: true, IsRead: true, ResponseField: null or { IsList: false } } ? Schemas.OrNull(schema) : schema;
    }
}
