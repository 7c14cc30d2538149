using NodaTime;
using NodaTime.TimeZones;

namespace ForeignGrpc.Server.Localization;

/// <summary>The time zones that the header `SO-TimeZone` can name. Names compare without case.</summary>
internal static class TimeZones
{
    /// <summary>The documented option that asks for offsets in dates. It has no effect: dates always have an offset.</summary>
    private const string IncludeOffset = "includeTZOffset";

    /// <summary>The documented codes, with the IANA name of each zone.</summary>
    private static readonly Dictionary<string, string> Documented = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UTC"] = "UTC",
        ["AU-ACT"] = "Australia/Canberra",
        ["AU3"] = "Australia/Broken_Hill",
        ["AU1"] = "Australia/Lord_Howe",
        ["AU-NSW"] = "Australia/Sydney",
        ["AU-NT"] = "Australia/Darwin",
        ["AU-QLD"] = "Australia/Brisbane",
        ["AU-SA"] = "Australia/Adelaide",
        ["AU-TAS"] = "Australia/Hobart",
        ["AU-VIC"] = "Australia/Melbourne",
        ["AU-WA"] = "Australia/Perth",
        ["AT"] = "Europe/Vienna",
        ["BE"] = "Europe/Brussels",
        ["BR-RJ"] = "America/Sao_Paulo",
        ["CA-AB"] = "America/Edmonton",
        ["CA-BC"] = "America/Vancouver",
        ["CA-BC1"] = "America/Dawson_Creek",
        ["CA-BC2"] = "America/Vancouver",
        ["CA2"] = "America/Goose_Bay",
        ["CA2A"] = "America/St_Johns",
        ["CA-MB"] = "America/Winnipeg",
        ["NO"] = "Europe/Oslo",
        ["DK"] = "Europe/Copenhagen",
        ["FR"] = "Europe/Paris",
        ["BD"] = "Asia/Dhaka",
        ["US-NY"] = "America/New_York",
        ["US-CA"] = "America/Los_Angeles",
        ["US-HI"] = "Pacific/Honolulu",
        ["CA-QC"] = "America/Toronto",
    };

    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;

    private static readonly Dictionary<string, string> Iana =
        Source.GetIds().ToDictionary(id => id, StringComparer.OrdinalIgnoreCase);

    /// <summary>The IANA name of the zone of each country with one zone, by ISO 3166 code.</summary>
    private static readonly Dictionary<string, string> Countries = Source.ZoneLocations!
        .GroupBy(location => location.CountryCode)
        .Where(country => country.Count() == 1)
        .ToDictionary(country => country.Key, country => country.Single().ZoneId, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The zone for a value of the header: a documented code, an IANA name, or the ISO code of a country with one zone. UTC if the value is
    /// blank; null if the zone is unknown.
    /// </summary>
    public static DateTimeZone? Find(string header)
    {
        var names = header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.Equals(IncludeOffset, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        return names switch
        {
            [] => DateTimeZone.Utc,
            [var name] when IdOf(name) is { } id => id == "UTC" ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb[id],
            _ => null,
        };
    }

    private static string? IdOf(string name) =>
        Documented.GetValueOrDefault(name) ?? Iana.GetValueOrDefault(name) ?? Countries.GetValueOrDefault(name);
}
