using System.Collections.Frozen;
using ForeignGrpc.Store.Model;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>The operators of restriction expressions. Look-ups of names ignore case.</summary>
internal static class ListOperators
{
    private const int Many = int.MaxValue;

    private static readonly (ListOperator Operator, string[] Words)[] Table =
    [
        (Comparing(Comparison.Equal, ListTypes.Any), ["eq", "=", "equals", "is", "set"]),
        (Comparing(Comparison.NotEqual, ListTypes.Any), ["ne", "!=", "unequals", "isNot"]),
        (Comparing(Comparison.Less, ListTypes.Values), ["lt", "less", "<"]),
        (Comparing(Comparison.LessOrEqual, ListTypes.Values), ["le", "<="]),
        (Comparing(Comparison.Greater, ListTypes.Values), ["gt", "greater", ">"]),
        (Comparing(Comparison.GreaterOrEqual, ListTypes.Values), ["ge", ">="]),
        (Comparing(Comparison.StartsWith, ListTypes.Texts), ["begins"]),
        (Not(Comparing(Comparison.StartsWith, ListTypes.Texts)), ["notBegins"]),
        (Comparing(Comparison.Contains, ListTypes.Texts), ["contains"]),
        (Not(Comparing(Comparison.Contains, ListTypes.Texts)), ["notContains"]),
        (new(ListTypes.Any, 0, 0, (left, _, _) => Is(left, null)), ["isNull"]),
        (Not(new(ListTypes.Any, 0, 0, (left, _, _) => Is(left, null))), ["isNotNull"]),
        (new(ListTypes.Number | ListTypes.Texts, 2, 2, Between), ["between"]),
        (new(ListTypes.Values, 1, Many, OneOf), ["in", "oneOf"]),
        (Not(new(ListTypes.Values, 1, Many, OneOf)), ["notOneOf"]),
        (new(ListTypes.Person, 1, Many, OneOf), ["associateIsOneOf"]),
        (Not(new(ListTypes.Person, 1, Many, OneOf)), ["associateIsNotOneOf"]),
        (new(ListTypes.Person, 0, 0, (left, _, caller) => Is(left, caller.FullName)), ["currentAssociate"]),
        (Comparing(Comparison.GreaterOrEqual, ListTypes.Date), ["afterTime"]),
        (Comparing(Comparison.Less, ListTypes.Date), ["beforeTime"]),
        (Comparing(Comparison.Equal, ListTypes.Date), ["dateTime"]),
        (Days(1, given => (null, given[0].PlusDays(-1))), ["before"]),
        (Days(1, given => (given[0], given[0])), ["date"]),
        (Days(1, given => (given[0].PlusDays(1), null)), ["after"]),
        (Days(2, given => (given[0], given[1])), ["between", "dateBetween"]),
        (Days(1, given => (given[0], null)), ["from"]),
        (Days(1, given => (null, given[0])), ["to"]),
        (Around(today => (null, today.PlusDays(-1))), ["beforeToday"]),
        (Around(today => (today, today)), ["today"]),
        (Around(today => (today.PlusDays(1), null)), ["afterToday"]),
        (Around(today => Week(today.PlusWeeks(-1))), ["lastWeek"]),
        (Around(Week), ["thisWeek"]),
        (Around(today => Week(today.PlusWeeks(1))), ["nextWeek"]),
        (Around(today => Months(today.PlusMonths(-1), 1)), ["lastMonth"]),
        (Around(today => Months(today, 1)), ["thisMonth"]),
        (Around(today => Months(today.PlusMonths(1), 1)), ["nextMonth"]),
        (Around(today => Months(today.PlusMonths(-3), 3)), ["lastQuarter"]),
        (Around(today => Months(today, 3)), ["thisQuarter"]),
        (Around(today => Months(today.PlusMonths(3), 3)), ["nextQuarter"]),
        (Around(today => Months(today, 6)), ["thisHalf"]),
        (Around(today => Months(today, 12)), ["thisYear"]),
    ];

    private static readonly FrozenDictionary<string, ListOperator[]> ByWord = Table
        .SelectMany(row => row.Words, (row, word) => (row.Operator, word))
        .GroupBy(row => row.word, row => row.Operator, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The operators with the name, which differ in their types; none if the name is no operator.</summary>
    public static ListOperator[] Find(string word) => ByWord.GetValueOrDefault(word) ?? [];

    /// <summary>The names of the operators for values of these types.</summary>
    public static string WordsFor(ListTypes types) =>
        string.Join(", ", Table.Where(row => (row.Operator.Types & types) != 0).SelectMany(row => row.Words).Distinct());

    /// <summary>Whether the operator tests conditions for equality (true) or inequality (false); null for other operators.</summary>
    public static bool? IsEqual(string word) =>
        Table[0].Words.Contains(word, StringComparer.OrdinalIgnoreCase) ? true
        : Table[1].Words.Contains(word, StringComparer.OrdinalIgnoreCase) ? false
        : null;

    private static ListFilter.Compare Is(ListValue left, object? value) => Compare(left, Comparison.Equal, new ListValue.Constant(value));

    private static ListFilter.Compare Compare(ListValue left, Comparison how, ListValue right) => new(left, how, right);

    private static ListOperator Comparing(Comparison how, ListTypes types) =>
        new(types, 1, 1, (left, values, _) => Compare(left, how, values[0]));

    private static ListOperator Not(ListOperator inner) =>
        inner with { Meaning = (left, values, caller) => new ListFilter.Not(inner.Meaning(left, values, caller)) };

    private static ListFilter.And Between(ListValue left, IReadOnlyList<ListValue> values, ListCaller caller) => new(
        [Compare(left, Comparison.GreaterOrEqual, values[0]), Compare(left, Comparison.LessOrEqual, values[1])]);

    private static ListFilter OneOf(ListValue left, IReadOnlyList<ListValue> values, ListCaller caller)
    {
        var constants = values.OfType<ListValue.Constant>().Select(constant => constant.Value).OfType<object>().Distinct().ToList();
        var others = values.Where(value => value is not ListValue.Constant { Value: not null });
        List<ListFilter> any = [.. others.Select(value => Compare(left, Comparison.Equal, value))];
        if (constants.Count > 0)
        {
            any.Add(new ListFilter.OneOf(left, constants));
        }

        return any.Count == 1 ? any[0] : new ListFilter.Or(any);
    }

    /// <summary>A period around the caller's day.</summary>
    private static ListOperator Around(Func<LocalDate, (LocalDate? First, LocalDate? Last)> period) =>
        new(ListTypes.Date, 0, 0, (left, _, caller) => During(left, period(caller.Today), caller));

    /// <summary>A period between given days; false if a day is missing.</summary>
    private static ListOperator Days(int count, Func<LocalDate[], (LocalDate? First, LocalDate? Last)> period) => new(
        ListTypes.Date,
        count,
        count,
        (left, values, caller) =>
        {
            var given = values.Select(value => ((ListValue.Constant)value).Value).OfType<DateTimeOffset>().Select(caller.DayOf).ToArray();
            return given.Length == count ? During(left, period(given), caller) : new ListFilter.Constant(false);
        },
        TakesDays: true);

    private static ListFilter During(ListValue left, (LocalDate? First, LocalDate? Last) period, ListCaller caller)
    {
        List<ListFilter> bounds = [];
        if (period.First is { } first)
        {
            bounds.Add(Compare(left, Comparison.GreaterOrEqual, new ListValue.Constant(caller.StartOf(first))));
        }

        if (period.Last is { } last)
        {
            bounds.Add(Compare(left, Comparison.Less, new ListValue.Constant(caller.EndOf(last))));
        }

        return bounds.Count == 1 ? bounds[0] : new ListFilter.And(bounds);
    }

    /// <summary>The week of a day, which begins on Monday.</summary>
    private static (LocalDate? First, LocalDate? Last) Week(LocalDate day)
    {
        var monday = day.PlusDays(1 - (int)day.DayOfWeek);
        return (monday, monday.PlusDays(6));
    }

    /// <summary>The month, quarter or half-year of a day, by its number of months.</summary>
    private static (LocalDate? First, LocalDate? Last) Months(LocalDate day, int count)
    {
        var first = new LocalDate(day.Year, day.Month - ((day.Month - 1) % count), 1);
        return (first, first.PlusMonths(count).PlusDays(-1));
    }
}
