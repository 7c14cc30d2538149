using System.Text;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The OpenAPI document and the reference page. Anyone may read both; they tell nothing about stored data.</summary>
internal static class OpenApiRoutes
{
    public const string DocumentPath = "/openapi/v1.json";
    public const string PagePath = "/reference";

    /// <summary>The document, and where it is in which version of OpenAPI and which format.</summary>
    private static readonly (string Path, OpenApiSpecVersion Version, string Format)[] Documents =
    [
        (DocumentPath, OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json),
        ("/openapi/v1.yaml", OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Yaml),
        ("/openapi/3.0/v1.json", OpenApiSpecVersion.OpenApi3_0, OpenApiConstants.Json),
        ("/openapi/3.0/v1.yaml", OpenApiSpecVersion.OpenApi3_0, OpenApiConstants.Yaml),
    ];

    /// <summary>Browsers load the parts of the page from this server only. The page has inline scripts and styles.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets the security headers of the reference page. Runs before routing.</summary>
    public static void UsePageHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(PagePath))
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        }

        return next(context);
    });

    public static void MapOpenApi(this WebApplication app)
    {
        var description = new Lazy<OpenApiDescription>(() => new OpenApiDescription(
            app.Services.GetRequiredService<EndpointDataSource>(),
            app.Services.GetRequiredService<IOptions<AuthOptions>>().Value,
            app.Services.GetRequiredService<IOptions<KeyLimits>>().Value));
        foreach (var (path, version, format) in Documents)
        {
            var text = new Lazy<Task<string[]>>(() => SerializeAsync(description.Value.Build(version), version, format));
            app.MapGet(path, async (HttpRequest request) => Results.Text(
                string.Join(request.PathBase.HasValue ? request.PathBase.ToUriComponent() : "/", await text.Value),
                $"application/{format}",
                Encoding.UTF8)).AllowAnonymous();
        }

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

    /// <summary>The document before and behind the address of the server, which requests tell.</summary>
    private static async Task<string[]> SerializeAsync(OpenApiDocument document, OpenApiSpecVersion version, string format)
    {
        using var stream = new MemoryStream();
        await document.SerializeAsync(stream, version, format, CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray()).Split(OpenApiDescription.ServerUrl);
    }
}
