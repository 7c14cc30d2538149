using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Conditions.</summary>
internal sealed partial class ListSql
{
    private readonly Dictionary<string, string> _shared = [];

    /// <summary>How many <see cref="ListFilter.IsNull"/> are around. Within one, only text functions may be null.</summary>
    private int _nullTests;

    /// <summary>The condition or, to its leaves, its negation: what is missing is decided there. Null counts as false.</summary>
    private ListSql Condition(ListFilter filter, bool isNegated) => filter switch
    {
        ListFilter.And all => Chain(all.Filters, 0, all.Filters.Count, isNegated ? " OR " : " AND ", isNegated),
        ListFilter.Or any => Chain(any.Filters, 0, any.Filters.Count, isNegated ? " AND " : " OR ", isNegated),
        ListFilter.Not not => Condition(not.Inner, !isNegated),
        ListFilter.IsTrue { Inner: var inner } => isNegated
            ? Append("((").Condition(inner, isNegated: false).Append(") IS NOT TRUE)")
            : Condition(inner, isNegated: false),
        ListFilter.IsNull { Inner: var inner } => NullTest(inner, isNegated),
        ListFilter.Constant constant => Append(constant.Value == isNegated ? "false" : "true"),
        ListFilter.Compare compare => Append(Compare(compare, isNegated)),
        ListFilter.OneOf { Value: var value, Values: var values } =>
            Append($"(({Of(value)} {dialect.Among([.. values.Select(Stored)], Argument)}){(isNegated ? " IS NOT TRUE" : IsTrue)})"),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private string IsTrue => _nullTests > 0 ? " IS TRUE" : "";

    private ListSql NullTest(ListFilter inner, bool isNegated)
    {
        _nullTests++;
        Append("((").Condition(inner, isNegated: false).Append(isNegated ? ") IS NOT NULL)" : ") IS NULL)");
        _nullTests--;
        return this;
    }

    private ListSql Chain(IReadOnlyList<ListFilter> filters, int from, int count, string word, bool isNegated) => count == 1
        ? Condition(filters[from], isNegated)
        : Append("(").Chain(filters, from, count / 2, word, isNegated).Append(word)
            .Chain(filters, from + (count / 2), count - (count / 2), word, isNegated).Append(")");

    private string Compare(ListFilter.Compare compare, bool isNegated)
    {
        var (left, right) = (Of(compare.Left), Of(compare.Right));
        return compare.How switch
        {
            Comparison.Equal => Equal(isNegated),
            Comparison.NotEqual => Equal(!isNegated),
            Comparison.Less => Order("<"),
            Comparison.LessOrEqual => Order("<="),
            Comparison.Greater => Order(">"),
            Comparison.GreaterOrEqual => Order(">="),
            Comparison.Contains => TextFunction($"{dialect.Position(right, left)} > 0"),
            Comparison.StartsWith => TextFunction($"{dialect.Position(right, left)} = 1"),
            Comparison.EndsWith => TextFunction(dialect.EndsWith(left, right)),
            _ => throw new ArgumentOutOfRangeException(nameof(compare)),
        };

        // An index leads to what equals a constant.
        string Equal(bool isNegated) => isNegated ? $"({left} IS DISTINCT FROM {right})"
            : compare is { Left: ListValue.Constant { Value: not null } } or { Right: ListValue.Constant { Value: not null } }
            ? $"(({left} = {right}){IsTrue})" : $"({left} IS NOT DISTINCT FROM {right})";

        string Order(string sign) => isNegated ? $"(({left} {sign} {right}) IS NOT TRUE)" : $"(({left} {sign} {right}){IsTrue})";

        string TextFunction(string function) => isNegated ? $"(NOT ({function}))" : $"({function})";
    }

    /// <summary>The value; what it has of parameters stands in it in the order of the arguments.</summary>
    private string Of(ListValue value) => value switch
    {
        ListValue.Column column => Name(column.Name),
        ListValue.Constant { Value: null } => "NULL",
        ListValue.Constant { Value: string text } => dialect.Text(Argument(text)),
        ListValue.Constant constant => Argument(Stored(constant.Value)),
        ListValue.Apply apply => dialect.Apply(apply.Function, [.. apply.Values.Select(Of)], Shared),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private string Shared(string text) => _shared.TryGetValue(text, out var written) ? written : _shared[text] = Argument(text);
}
