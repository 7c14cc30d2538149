using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Localization;

/// <summary>The time zone and language that a call asks for, in HTTP headers or gRPC metadata.</summary>
/// <param name="Zone">The time zone of dates in the response, and of dates without an offset in the request. Null is UTC.</param>
/// <param name="Language">The language of multi-language values in the response; null returns such values unchanged.</param>
internal sealed record Conventions(DateTimeZone? Zone, string? Language)
{
    /// <summary>The header with the time zone, in requests and responses.</summary>
    public const string TimeZoneHeader = "SO-TimeZone";

    /// <summary>UTC, and values unchanged.</summary>
    public static Conventions Default { get; } = new(null, null);

    /// <summary>
    /// The conventions of a call: those that the REST edge has read, else those in the headers. Null if the header names an unknown time
    /// zone.
    /// </summary>
    public static Conventions? TryOf(ServerCallContext call)
    {
        var http = call.GetHttpContext();
        return http.Features.Get<Conventions>() ?? TryRead(http.Request);
    }

    /// <summary>Reads the conventions from the headers; null if the header names an unknown time zone.</summary>
    public static Conventions? TryRead(HttpRequest request)
    {
        var zone = DateTimeZone.Utc;
        if (request.Headers.TryGetValue(TimeZoneHeader, out var header))
        {
            if (TimeZones.Find(header.ToString()) is not { } named)
            {
                return null;
            }

            zone = named;
        }

        var language = request.HttpContext.Features.Get<CallLanguage>()?.Language;
        return (zone, language) == (DateTimeZone.Utc, null) ? Default : new Conventions(zone == DateTimeZone.Utc ? null : zone, language);
    }
}
