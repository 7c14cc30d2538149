using ForeignGrpc.Server.Security;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The document and the page to read it and try it from; both for everyone, as they tell nothing of what is stored.</summary>
internal static class OpenApiRoutes
{
    public const string DocumentPath = "/openapi/v1.json";
    public const string PagePath = "/reference";

    public static void MapOpenApi(this WebApplication app)
    {
        var json = new Lazy<Task<byte[]>>(() => SerializeAsync(new OpenApiDescription(
            app.Services.GetRequiredService<EndpointDataSource>(), app.Services.GetRequiredService<IOptions<AuthOptions>>().Value)));
        app.MapGet(DocumentPath, async () => Results.Bytes(await json.Value, "application/json; charset=utf-8")).AllowAnonymous();
        app.MapScalarApiReference(PagePath, page => page
            .WithTitle("ForeignGrpc")
            .WithOpenApiRoutePattern(DocumentPath)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton()).AllowAnonymous();
    }

    private static async Task<byte[]> SerializeAsync(OpenApiDescription description)
    {
        using var stream = new MemoryStream();
        await description.Build().SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        return stream.ToArray();
    }
}
