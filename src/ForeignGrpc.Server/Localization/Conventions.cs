using Grpc.Core;
using NodaTime;

namespace ForeignGrpc.Server.Localization;

/// <summary>How a call wants dates and texts, by its headers, of which gRPC metadata are some.</summary>
/// <param name="Zone">The zone of dates: of those that go out, and of those that come in without an offset. Null is UTC.</param>
/// <param name="Language">The language that multi-language values are shown in; null leaves them as they are.</param>
internal sealed record Conventions(DateTimeZone? Zone, string? Language)
{
    /// <summary>Names the zone, in requests and responses.</summary>
    public const string TimeZoneHeader = "SO-TimeZone";

    /// <summary>UTC, and values as they are.</summary>
    public static Conventions Default { get; } = new(null, null);

    /// <summary>What the call wants, as the edge has read it or as its headers say; null when the zone that it names is none.</summary>
    public static Conventions? TryOf(ServerCallContext call)
    {
        var http = call.GetHttpContext();
        return http.Features.Get<Conventions>() ?? TryRead(http.Request);
    }

    /// <summary>What the call wants; null when the zone that it names is none.</summary>
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
