using ForeignGrpc.Server.Security;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>How callers say who they are.</summary>
internal static class SecuritySchemes
{
    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>(BasicHandler.SchemeName, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "A user of the service, by name and password.",
        });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BasicHandler.SchemeName, document)] = [] }];
    }
}
