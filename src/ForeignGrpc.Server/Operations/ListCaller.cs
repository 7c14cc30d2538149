using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>The caller of a list, with time zone and time. They give words such as `currentAssociate` and `today` a meaning.</summary>
/// <param name="FullName">The caller's full name.</param>
/// <param name="Zone">The time zone of days and of dates without an offset; null is UTC.</param>
/// <param name="Now">The time of the call.</param>
internal sealed record ListCaller(string FullName, DateTimeZone? Zone, DateTimeOffset Now)
{
    private readonly DateTimeZone _zone = Zone ?? DateTimeZone.Utc;

    public LocalDate Today => DayOf(Now);

    /// <summary>The day of an instant, at most 9999-12-30, so that every day has a next day.</summary>
    public LocalDate DayOf(DateTimeOffset instant)
    {
        var offset = _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant));
        var ticks = Math.Clamp(instant.UtcTicks + offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay);
        return LocalDate.FromDateTime(new DateTime(ticks));
    }

    /// <summary>The first instant of the day, within the years 1 to 9999.</summary>
    public DateTimeOffset StartOf(LocalDate day)
    {
        var instant = _zone.AtStartOfDay(day).ToInstant();
        return instant < Instant.FromDateTimeOffset(DateTimeOffset.MinValue) ? DateTimeOffset.MinValue : instant.ToDateTimeOffset();
    }

    /// <summary>The first instant after the day.</summary>
    public DateTimeOffset EndOf(LocalDate day) => StartOf(day.PlusDays(1));
}
