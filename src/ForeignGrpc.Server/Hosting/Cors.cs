using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Lets pages of other origins call the server (setting `Cors:Origins`).</summary>
internal static class Cors
{
    /// <summary>
    /// The response headers that pages can read. Those of gRPC have the status of a grpc-web call that failed before it had a response.
    /// </summary>
    private static readonly string[] Exposed =
    [
        HeaderNames.Allow, HeaderNames.ContentLanguage, HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.Location,
        HeaderNames.RetryAfter, Conventions.TimeZoneHeader, HeaderNames.WWWAuthenticate,
        "grpc-status", "grpc-message", GrpcFailures.DetailsTrailer, "grpc-encoding",
    ];

    public static void UseCors(this WebApplication app, CorsSettings cors)
    {
        if (cors.Origins.Length > 0)
        {
            app.UseCors(policy => policy.WithOrigins(cors.Origins).AllowAnyHeader().AllowAnyMethod().AllowCredentials()
                .WithExposedHeaders(Exposed)
                .SetPreflightMaxAge(TimeSpan.FromSeconds(cors.MaxAgeSeconds)));
        }
    }
}
