using NodaTime;
using NodaTime.TimeZones;

namespace ForeignGrpc.Server.Localization;

/// <summary>The zones that the header `SO-TimeZone` names, all without case.</summary>
internal static class TimeZones
{
    /// <summary>The documented addition that asks for offsets in dates; they always have one.</summary>
    private const string IncludeOffset = "includeTZOffset";

    /// <summary>The documented codes.</summary>
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

    /// <summary>The zone of each ISO 3166 country that has only one.</summary>
    private static readonly Dictionary<string, string> Countries = Source.ZoneLocations!
        .GroupBy(location => location.CountryCode)
        .Where(country => country.Count() == 1)
        .ToDictionary(country => country.Key, country => country.Single().ZoneId, StringComparer.OrdinalIgnoreCase);

    /// <summary>The zone of a header's value: a documented code, an IANA name, or the ISO code of a country with one zone. UTC when
    /// it is blank; null when it is none.</summary>
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
