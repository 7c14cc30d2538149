using System.Reflection;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignSystem.V1;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The OpenAPI document of all REST and Agents routes, made from the protos and their HTTP rules.</summary>
internal sealed class OpenApiDescription(EndpointDataSource endpoints, AuthOptions auth, KeyLimits limits)
{
    /// <summary>What stands for the address of the server.</summary>
    public const string ServerUrl = "{server}";

    private readonly ProtoComments _comments = new();

    /// <summary>The version of the program, without the commit that its builder adds after a `+`.</summary>
    private static string Version { get; } = typeof(OpenApiDescription).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Builds the document from the endpoints of the server, for a version of OpenAPI.</summary>
    public OpenApiDocument Build(OpenApiSpecVersion version)
    {
        var operations = Operations().ToList();
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "ForeignGrpc",
                Version = Version,
                Description = _comments.Of(ForeignSystemAgent.Descriptor),
                License = version == OpenApiSpecVersion.OpenApi3_0
                    ? new OpenApiLicense { Name = "MIT", Url = new Uri("https://spdx.org/licenses/MIT.html") }
                    : new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            },
            Servers = [new OpenApiServer { Url = ServerUrl }],
            Tags = new HashSet<OpenApiTag>(),
            Paths = [],
        };
        var partial = Partial(operations.Select(operation => operation.Operation));
        var schemas = new Schemas(document, version, _comments, new FieldFacts(limits), partial);
        var successes = new SuccessResponses(document, schemas);
        HeaderParameters.AddTo(document);
        ResponseHeaders.AddTo(document);
        ErrorResponses.AddTo(document, schemas);
        SecuritySchemes.AddTo(document, auth);
        var ids = new OperationIds();
        foreach (var (operation, role) in operations)
        {
            var path = operation.Template.Documented;
            if (!document.Paths.TryGetValue(path, out var item))
            {
                document.Paths.Add(path, item = new OpenApiPathItem());
            }

            ((OpenApiPathItem)item).AddOperation(
                HttpMethod.Parse(operation.Verb), Describe(operation, role, document, schemas, successes, ids));
        }

        return document;
    }

    private IEnumerable<(RestOperation Operation, RequiresRoleAttribute? Role)> Operations() =>
        from endpoint in endpoints.Endpoints
        let operation = endpoint.Metadata.GetMetadata<RestOperation>()
        where operation is not null
        select (operation, endpoint.Metadata.GetMetadata<RequiresRoleAttribute>());

    private OpenApiOperation Describe(
        RestOperation operation,
        RequiresRoleAttribute? role,
        OpenApiDocument document,
        Schemas schemas,
        SuccessResponses successes,
        OperationIds ids)
    {
        var text = _comments.Of(operation.Method) ?? "";
        return new OpenApiOperation
        {
            OperationId = ids.Of(operation),
            Tags = new HashSet<OpenApiTagReference> { OperationTags.Of(operation, document) },
            Summary = operation.Method.Name,
            Description = role is null ? text : $"{text}\n\nRequires at least the role {role.Role.ToString().ToLowerInvariant()}.",
            Security = role is null ? [] : null,
            Parameters = [.. RequestParameters.Of(operation, schemas), .. HeaderParameters.Of(operation, document)],
            RequestBody = operation.TakesBody ? RequestBodies.Of(operation, schemas) : null,
            Responses = Responses(operation, document, successes),
        };
    }

    private static OpenApiResponses Responses(RestOperation operation, OpenApiDocument document, SuccessResponses successes)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, response) in successes.Of(operation).Concat(ErrorResponses.Of(operation, document)))
        {
            responses.Add(status, response);
        }

        return responses;
    }

    /// <summary>
    /// The messages of which callers may give, or select, some properties only: the bodies of requests with what they hold, except what
    /// only the server sets, and the results of operations that have `$select`.
    /// </summary>
    private static HashSet<MessageSchema> Partial(IEnumerable<RestOperation> operations)
    {
        var partial = new HashSet<MessageSchema>();
        foreach (var operation in operations)
        {
            if (operation.TakesBody)
            {
                Add(operation.BodyField?.Message ?? operation.Request);
            }

            if (operation.TakesSelect)
            {
                partial.Add(operation.ResponseField?.Message ?? operation.Response);
            }
        }

        return partial;

        void Add(MessageSchema message)
        {
            if (partial.Add(message))
            {
                var given = message.Fields.Where(field => !field.IsOutputOnly);
                foreach (var inner in given.Select(field => field.Message).OfType<MessageSchema>())
                {
                    Add(inner);
                }
            }
        }
    }
}
