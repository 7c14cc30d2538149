using System.Globalization;
using NodaTime;
using NodaTime.TimeZones;

namespace ForeignGrpc.Server.Localization;

/// <summary>The time zones that the header `SO-TimeZone` can name. Names compare without case.</summary>
internal static class TimeZones
{
    /// <summary>The documented option that asks for offsets in dates. It has no effect: dates always have an offset.</summary>
    private const string IncludeOffset = "includeTZOffset";

    /// <summary>The zones of a country count as one if their offsets agree in these years.</summary>
    private static readonly ZoneEqualityComparer InRecentYears =
        ZoneEqualityComparer.ForInterval(new Interval(Instant.FromUtc(2020, 1, 1, 0, 0), Instant.FromUtc(2040, 1, 1, 0, 0)));

    private static readonly TzdbDateTimeZoneSource Source = TzdbDateTimeZoneSource.Default;

    /// <summary>The documented zones. A zone without a documented number has number 0.</summary>
    public static IReadOnlyList<KnownTimeZone> Known { get; } =
    [
        new("UTC", "UTC", 1),
        new("AU-ACT", "Australia/Canberra", 36),
        new("AU3", "Australia/Broken_Hill"),
        new("AU1", "Australia/Lord_Howe"),
        new("AU-NSW", "Australia/Sydney"),
        new("AU-NT", "Australia/Darwin"),
        new("AU-QLD", "Australia/Brisbane"),
        new("AU-SA", "Australia/Adelaide"),
        new("AU-TAS", "Australia/Hobart"),
        new("AU-VIC", "Australia/Melbourne"),
        new("AU-WA", "Australia/Perth"),
        new("AT", "Europe/Vienna"),
        new("BE", "Europe/Brussels"),
        new("BR-RJ", "America/Sao_Paulo"),
        new("CA-AB", "America/Edmonton"),
        new("CA-BC", "America/Vancouver"),
        new("CA-BC1", "America/Dawson_Creek"),
        new("CA-BC2", "America/Vancouver"),
        new("CA2", "America/Goose_Bay"),
        new("CA2A", "America/St_Johns"),
        new("CA-MB", "America/Winnipeg"),
        new("NO", "Europe/Oslo", 261),
        new("DK", "Europe/Copenhagen", 140),
        new("FR", "Europe/Paris", 156),
        new("BD", "Asia/Dhaka", 50),
        new("US-NY", "America/New_York", 460),
        new("US-CA", "America/Los_Angeles", 425),
        new("US-HI", "Pacific/Honolulu", 433),
        new("CA-QC", "America/Toronto", 114),
    ];

    /// <summary>UTC, in which the server stores dates.</summary>
    public static KnownTimeZone Base => Known[0];

    /// <summary>The IANA names by what the header may have. Where a name has two meanings, the first counts.</summary>
    private static readonly Dictionary<string, string> Ids = new IEnumerable<(string Name, string Id)>[]
    {
        Known.Select(zone => (Name: zone.Code, Id: zone.Iana)),
        Known.Where(zone => zone.Number > 0).Select(zone => (zone.Number.ToString(CultureInfo.InvariantCulture), zone.Iana)),
        Source.GetIds().Select(id => (id, id)),
        Source.ZoneLocations!.GroupBy(location => location.CountryCode, location => location.ZoneId)
            .Where(HasOneZone).Select(country => (country.Key, country.First())),
    }.SelectMany(names => names).DistinctBy(name => name.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(name => name.Name, name => name.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The zone for a value of the header: a documented code or number, an IANA name, or the ISO code of a country with one zone. UTC if
    /// the value is blank; null if the zone is unknown.
    /// </summary>
    public static DateTimeZone? Find(string header)
    {
        var names = header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.Equals(IncludeOffset, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        return names switch
        {
            [] => DateTimeZone.Utc,
            [var name] when Ids.GetValueOrDefault(name) is { } id => id == Base.Iana ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb[id],
            _ => null,
        };
    }

    /// <summary>The zone as a documented one; where it is none, its IANA name is its code. Null is UTC.</summary>
    public static KnownTimeZone Of(DateTimeZone? zone) => zone is null
        ? Base
        : Known.FirstOrDefault(known => known.Iana == zone.Id) ?? new KnownTimeZone(zone.Id, zone.Id);

    /// <summary>The English name of the country that the zone is in; null if it is in none.</summary>
    public static string? CountryOf(KnownTimeZone zone) =>
        (Source.ZoneLocations!.FirstOrDefault(location => location.ZoneId == zone.Iana)
            ?? Source.ZoneLocations!.FirstOrDefault(location => location.ZoneId == Source.CanonicalIdMap[zone.Iana]))?.CountryName;

    private static bool HasOneZone(IEnumerable<string> country) =>
        country.Select(id => DateTimeZoneProviders.Tzdb[id]).Distinct(InRecentYears).Count() == 1;
}
