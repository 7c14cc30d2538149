namespace ForeignGrpc.Server.Tests;

/// <summary>What the documented words of `$filter` mean, once more: conditions of a value that may be missing, and given ones.</summary>
internal static class ListWords
{
    /// <summary>The condition of a word. Values are long, string, bool or DateTimeOffset; days are local.</summary>
    /// <param name="word">The word as documented.</param>
    /// <param name="type">The documented type.</param>
    /// <param name="caller">The caller's full name.</param>
    /// <param name="today">The caller's day.</param>
    /// <param name="dayOf">The day of an instant.</param>
    public static Func<object?, object?[], bool> Meaning(
        string word, string type, string caller, DateTime today, Func<DateTimeOffset, DateTime> dayOf) => (word, type) switch
        {
            ("isNull", _) => (value, _) => value is null,
            ("isNotNull", _) => (value, _) => value is not null,
            ("equals" or "eq" or "=" or "set" or "is" or "dateTime", _) => (value, given) => Equals(value, given[0]),
            ("ne" or "unequals" or "!=" or "isNot", _) => (value, given) => !Equals(value, given[0]),
            ("lt" or "less" or "<" or "beforeTime", _) => (value, given) => Order(value, given[0]) < 0,
            ("gt" or "greater" or ">", _) => (value, given) => Order(value, given[0]) > 0,
            ("le", _) => (value, given) => Order(value, given[0]) <= 0,
            ("ge" or "afterTime", _) => (value, given) => Order(value, given[0]) >= 0,
            ("between", not "date") => (value, given) => Order(value, given[0]) >= 0 && Order(value, given[1]) <= 0,
            ("begins", _) => (value, given) => Text(value, given, (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
            ("contains", _) => (value, given) => Text(value, given, (text, part) => text.Contains(part, StringComparison.Ordinal)),
            ("notBegins", _) => (value, given) => Text(value, given, (text, part) => !text.StartsWith(part, StringComparison.Ordinal)),
            ("notContains", _) => (value, given) => Text(value, given, (text, part) => !text.Contains(part, StringComparison.Ordinal)),
            ("in" or "oneOf" or "associateIsOneOf", _) => (value, given) => given.Contains(value),
            ("notOneOf" or "associateIsNotOneOf", _) => (value, given) => !given.Contains(value),
            ("currentAssociate", _) => (value, _) => Equals(value, caller),
            _ => (value, given) => value is DateTimeOffset instant && Array.TrueForAll(given, day => day is not null)
                && Day(word, dayOf(instant), [.. given.Select(day => dayOf((DateTimeOffset)day!))], today),
        };

    private static bool Day(string word, DateTime day, DateTime[] given, DateTime today) => word switch
    {
        "before" => day < given[0],
        "date" => day == given[0],
        "after" => day > given[0],
        "between" or "dateBetween" => day >= given[0] && day <= given[1],
        "from" => day >= given[0],
        "to" => day <= given[0],
        "beforeToday" => day < today,
        "today" => day == today,
        "afterToday" => day > today,
        "lastWeek" => Week(day) == Week(today) - 1,
        "thisWeek" => Week(day) == Week(today),
        "nextWeek" => Week(day) == Week(today) + 1,
        "lastMonth" => Part(day, 1) == Part(today, 1) - 1,
        "thisMonth" => Part(day, 1) == Part(today, 1),
        "nextMonth" => Part(day, 1) == Part(today, 1) + 1,
        "lastQuarter" => Part(day, 3) == Part(today, 3) - 1,
        "thisQuarter" => Part(day, 3) == Part(today, 3),
        "nextQuarter" => Part(day, 3) == Part(today, 3) + 1,
        "thisHalf" => Part(day, 6) == Part(today, 6),
        "thisYear" => day.Year == today.Year,
        _ => throw new ArgumentOutOfRangeException(nameof(word), word, null),
    };

    /// <summary>The number of a week since the first day of all, which was a Monday.</summary>
    private static int Week(DateTime day) => (int)(day - DateTime.MinValue).TotalDays / 7;

    private static int Part(DateTime day, int months) => ((day.Year * 12) + day.Month - 1) / months;

    private static int? Order(object? value, object? given) => value is null || given is null ? null
        : value is string text ? string.CompareOrdinal(text, (string)given)
        : ((IComparable)value).CompareTo(given);

    private static bool Text(object? value, object?[] given, Func<string, string, bool> how) =>
        value is string text && given[0] is string part && how(text, part);
}
