using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Operations;

/// <summary>Turns what a request for a page of an archive says into the store's terms and notes what is wrong with it.</summary>
/// <param name="limits">How much it may ask for.</param>
/// <param name="caller">Who asks.</param>
internal sealed class ArchiveCheck(KeyLimits limits, ListCaller caller) : Violations
{
    /// <summary>The only archive.</summary>
    public const string Archive = "ForeignKeys";

    private const int MostParentheses = 50;

    private static readonly string[] Directions = ["ASC", "DESC"];
    private static readonly string[] Joints = ["None", "And", "Or"];
    private static readonly int Or = Array.IndexOf(Joints, "Or");

    public void Provider(string name)
    {
        if (!name.Equals(Archive, StringComparison.OrdinalIgnoreCase))
        {
            RefuseOther("provider_name", Archive, name);
        }
    }

    public IReadOnlyList<ListColumn> Columns(IReadOnlyList<string> names) => names.Count == 0
        ? ListColumns.Usual
        : [.. names.Index().Select(name => Column(name.Item, $"column_names[{name.Index}]")).OfType<ListColumn>().Distinct()];

    /// <summary>The columns to sort by. Of one that is named twice the first counts, as the second changes nothing.</summary>
    public IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy(IReadOnlyList<ArchiveOrderByInfo> order) =>
    [
        .. order.Index()
            .Select(by => (
                Column: Column(by.Item.ColumnName, $"sort_order[{by.Index}].column_name"),
                Descending: OneOf(Directions, by.Item.SortDirection, $"sort_order[{by.Index}].sort_direction") == 1))
            .Where(by => by.Column is not null)
            .Select(by => (by.Column!.Value, by.Descending))
            .DistinctBy(by => by.Value),
    ];

    /// <summary>The condition that the active restrictions are; null if there are none.</summary>
    public ListFilter? Filter(IReadOnlyList<ArchiveRestrictionInfo> restrictions)
    {
        var active = restrictions.Index().Where(restriction => restriction.Item is not { HasIsActive: true, IsActive: false }).ToList();
        active.ForEach(restriction => Check(restriction.Item, $"row_restrictions[{restriction.Index}]"));
        if (HasAny)
        {
            return null;
        }

        if (TryParse(Join([.. active.Select(restriction => restriction.Item)]), out var filter) is not { } wrong)
        {
            return filter;
        }

        var culprit = active.Select(restriction => (restriction.Index, What: TryParse(ToText(restriction.Item), out _)))
            .FirstOrDefault(restriction => restriction.What is not null);
        Refuse(culprit.What is null ? "row_restrictions" : $"row_restrictions[{culprit.Index}]", culprit.What ?? wrong);
        return null;
    }

    /// <summary>The rows to skip and to take. A negative page is a number of rows to skip.</summary>
    public (int Skip, int Take) Page(int page, int size)
    {
        if (size < 0)
        {
            Refuse("page_size", Texts.Of($"must be 0 or more, but is {size}."));
        }
        else if (size > limits.ListPage)
        {
            Refuse("page_size", Texts.Of($"must be at most {limits.ListPage:N0} (setting Limits:ListPage), but is {size}."));
        }

        var take = size == 0 ? limits.ListPage : size;
        return ((int)Math.Min(page < 0 ? -(long)page : (long)page * take, int.MaxValue), take);
    }

    private Text? TryParse(string text, out ListFilter? filter)
    {
        try
        {
            filter = ListFilterParser.Parse(text, limits, caller);
            return null;
        }
        catch (ListFilterException e)
        {
            filter = null;
            return e.What;
        }
    }

    /// <summary>Checks that the restriction has a column, a word, and as many values as the word takes.</summary>
    private void Check(ArchiveRestrictionInfo restriction, string field)
    {
        if (!ListColumns.Constants.Contains(restriction.ColumnName, StringComparer.OrdinalIgnoreCase))
        {
            Column(restriction.ColumnName, $"{field}.column_name");
        }

        var count = restriction.OperandValues.Count;
        if (ListOperators.Find(restriction.OperatorWord) is not [var word, ..])
        {
            RefuseOther($"{field}.operator_word", ListOperators.WordsFor(ListTypes.Any), restriction.OperatorWord);
        }
        else if (count < word.Least || count > word.Most)
        {
            Refuse($"{field}.operand_values", Texts.Of($"has {count} values for '{restriction.OperatorWord}'; it takes {word.Least}."));
        }

        if (restriction.SubRestrictions.Count > 0)
        {
            Refuse($"{field}.sub_restrictions", Texts.Of($"must be empty, because columns of this server have no conditions within."));
        }

        if (restriction.InterParenthesis is < -MostParentheses or > MostParentheses)
        {
            Refuse($"{field}.inter_parenthesis", Texts.Of(
                $"must be {-MostParentheses} to {MostParentheses}, but is {restriction.InterParenthesis}."));
        }

        OneOf(Joints, restriction.InterOperator, $"{field}.inter_operator");
    }

    /// <summary>The restrictions as a `$filter`: each with its parentheses and the word that joins it with the next.</summary>
    private static string Join(IReadOnlyList<ArchiveRestrictionInfo> restrictions) => string.Concat(restrictions.Select(restriction =>
    {
        var open = new string('(', Math.Max(restriction.InterParenthesis, 0));
        var close = new string(')', Math.Max(-restriction.InterParenthesis, 0));
        var joint = ReferenceEquals(restriction, restrictions[^1]) ? ""
            : IndexOf(Joints, restriction.InterOperator) == Or ? " or "
            : " and ";
        return $"{open}{ToText(restriction)}{close}{joint}";
    }));

    private static string ToText(ArchiveRestrictionInfo restriction)
    {
        var isEncoded = ListColumns.Find(restriction.ColumnName) is { } column
            && ListColumns.KindOf(column) is ListTypes.Number or ListTypes.Date;
        var values = restriction.OperandValues.Select(value => isEncoded ? Decode(value) : value)
            .Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'");
        var list = string.Join(",", values);
        var isList = ListOperators.Find(restriction.OperatorWord)[0].Most > 1;
        return $"{restriction.ColumnName} {restriction.OperatorWord} {(isList ? $"({list})" : list)}";
    }

    /// <summary>The value of `[I:7]`, or of `[DT:2026-01-31T23:59:59Z]`.</summary>
    private static string Decode(string value) =>
        value is ['[', .., ']'] && value.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? value[(colon + 1)..^1] : value;

    private ListColumn? Column(string name, string field)
    {
        var column = ListColumns.Find(name);
        if (column is null)
        {
            Refuse(field, Texts.Of($"has '{ListFilterTokens.Shown(name)}', which is not a column; the columns are {ListColumns.Names}."));
        }

        return column;
    }

    /// <summary>Which of the words it is; refuses any other.</summary>
    private int? OneOf(string[] words, string given, string field)
    {
        var index = IndexOf(words, given);
        if (index is null)
        {
            RefuseOther(field, string.Join(", ", words), given);
        }

        return index;
    }

    /// <summary>Which of the words it is, by name or documented number; blank is the first; null for any other.</summary>
    private static int? IndexOf(string[] words, string given)
    {
        var index = given.Length == 0 ? 0 : Array.FindIndex(words, word => word.Equals(given, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index
            : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < words.Length ? number
            : null;
    }

    private void RefuseOther(string field, string words, string given) =>
        Refuse(field, Texts.Of($"must be one of {words}, but is '{ListFilterTokens.Shown(given)}'."));
}
