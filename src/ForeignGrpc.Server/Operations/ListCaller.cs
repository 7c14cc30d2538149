using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>Who asks for the list, where and when: what words such as `currentAssociate` and `today` mean.</summary>
/// <param name="FullName">The caller's full name.</param>
/// <param name="Zone">The zone of dates without an offset, and of days; null is UTC.</param>
/// <param name="Now">The time of the call.</param>
internal sealed record ListCaller(string FullName, DateTimeZone? Zone, DateTimeOffset Now)
{
    private readonly DateTimeZone _zone = Zone ?? DateTimeZone.Utc;

    public LocalDate Today => DayOf(Now);

    /// <summary>The day of an instant, from 0001-01-01 to 9999-12-30, so that there is one behind it: what is beyond is these.</summary>
    public LocalDate DayOf(DateTimeOffset instant)
    {
        var offset = _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant));
        var ticks = Math.Clamp(instant.UtcTicks + offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay);
        return LocalDate.FromDateTime(new DateTime(ticks));
    }

    /// <summary>When the day begins, within the years 1 to 9999.</summary>
    public DateTimeOffset StartOf(LocalDate day)
    {
        var instant = _zone.AtStartOfDay(day).ToInstant();
        return instant < Instant.FromDateTimeOffset(DateTimeOffset.MinValue) ? DateTimeOffset.MinValue : instant.ToDateTimeOffset();
    }

    /// <summary>When the day has ended.</summary>
    public DateTimeOffset EndOf(LocalDate day) => StartOf(day.PlusDays(1));
}
