using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// Parses the documented restriction expressions: OData's operators and functions, and the API's own words between values. Keywords in any
/// case; text in single quotes, a quote within doubled.
/// </summary>
/// <remarks>
/// <code>
/// or         = and *( "or" and )
/// and        = unary *( "and" unary )
/// unary      = "not" unary / comparison
/// comparison = operand [ operator [ operand / "(" operand *( "," operand ) ")" ] ]
/// operand    = "(" or ")" / function "(" operand *( "," operand ) ")" / column / literal
/// </code>
/// </remarks>
internal sealed partial class ListFilterParser
{
    private const int DeepestNesting = 50;

    /// <summary>How many values of maximum length one text may concatenate. A database cannot interrupt a search within one text.</summary>
    private const int JoinedValues = 8;

    private readonly ListFilterTokens _tokens;
    private readonly KeyLimits _limits;
    private readonly ListCaller _caller;
    private int _depth;
    private int _terms;

    private ListFilterParser(string text, KeyLimits limits, ListCaller caller) =>
        (_tokens, _limits, _caller) = (new ListFilterTokens(text), limits, caller);

    /// <summary>Parses an expression. Null if the expression is blank.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="limits">Limits the number of conditions, functions and values of lists together.</param>
    /// <param name="caller">The caller, with time zone and time.</param>
    /// <exception cref="ListFilterException">The expression is invalid. The message has the place and the reason.</exception>
    public static ListFilter? Parse(string expression, KeyLimits limits, ListCaller caller)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return null;
        }

        var parser = new ListFilterParser(expression, limits, caller);
        var filter = parser.Condition(parser.ParseOr());
        return parser._tokens.Current.Kind == ListFilterTokens.Kind.End
            ? filter
            : throw parser.Expected(Texts.Of($"'and', 'or' or the end"));
    }

    private ListTerm ParseOr() => ParseChain("or", ParseAnd, Or);

    private ListTerm ParseAnd() => ParseChain("and", ParseUnary, all => new ListFilter.And(all));

    private ListTerm ParseChain(string word, Func<ListTerm> parse, Func<List<ListFilter>, ListFilter> join)
    {
        var first = parse();
        if (!IsWord(word))
        {
            return first;
        }

        var parts = new List<ListFilter> { Condition(first) };
        while (_tokens.TakeWord(word))
        {
            parts.Add(Condition(parse()));
        }

        return new ListTerm.Condition(first.Token, join(parts));
    }

    /// <summary>
    /// The disjunction of the conditions. Conditions that compare one column with values become one condition, whose cost in the database
    /// does not grow with the number of values.
    /// </summary>
    private static ListFilter Or(List<ListFilter> filters)
    {
        var parts = filters.ToLookup(filter => filter is ListFilter.Compare
        {
            Left: ListValue.Column column, How: Comparison.Equal, Right: ListValue.Constant { Value: not null },
        } ? column : null);
        var any = parts.Where(part => part.Key is not null)
            .Select(part => part.Count() == 1
                ? part.First()
                : new ListFilter.OneOf(part.Key!, [.. part.Select(ConstantOf).Distinct()]))
            .Concat(parts[null])
            .ToList();
        return any.Count == 1 ? any[0] : new ListFilter.Or(any);

        static object ConstantOf(ListFilter equal) => ((ListValue.Constant)((ListFilter.Compare)equal).Right).Value!;
    }

    private ListTerm ParseUnary() => Deeper(() =>
    {
        var token = _tokens.Current;
        return _tokens.TakeWord("not") ? new ListTerm.Condition(token, new ListFilter.Not(Condition(ParseUnary()))) : ParseComparison();
    });

    private ListTerm Deeper(Func<ListTerm> parse)
    {
        if (++_depth > DeepestNesting)
        {
            throw new ListFilterException(Texts.Of($"is nested deeper than {DeepestNesting} levels at position {_tokens.Current.Start}."));
        }

        var term = parse();
        _depth--;
        return term;
    }

    private ListTerm ParseComparison()
    {
        var left = ParseOperand(null);
        var word = _tokens.Current;
        if (word.Kind == ListFilterTokens.Kind.Text || ListOperators.Find(word.Text) is not [var any, ..] operators)
        {
            return left;
        }

        Count();
        _tokens.Next();
        var expected = ListTerms.Expected(left.Type);
        var values = any.Most == 0 ? [] : any.Most == 1 ? [ParseOperand(expected)] : ParseList(expected);
        if (values.Count < any.Least || values.Count > any.Most)
        {
            throw new ListFilterException(
                Texts.Of($"has {values.Count} values for '{word.Text}' before position {_tokens.Current.Start}; it takes {any.Least}."));
        }

        IReadOnlyList<ListTerm> terms = [left, .. values];
        var type = ListTerms.Common(terms, _caller.Zone);
        var how = Array.Find(operators, one => (one.Types & type) != 0) ?? throw NoOperator(word, type);
        return new ListTerm.Condition(left.Token, type == ListTypes.Truth ? Compare(terms, word, type) : Make(how, type, terms));
    }

    private ListFilter Make(ListOperator how, ListTypes type, IReadOnlyList<ListTerm> terms)
    {
        if (how.TakesDays && terms.Skip(1).FirstOrDefault(term => term is ListTerm.Value) is { } computed)
        {
            throw ListFilterTokens.Expected(ListTerms.Expected(type), computed.Token);
        }

        var values = ListTerms.As(type, terms, ignoresCase: true, _caller.Zone);
        return how.Meaning(values[0], [.. values.Skip(1)], _caller);
    }

    /// <summary>A condition compared with true, false or null.</summary>
    private static ListFilter Compare(IReadOnlyList<ListTerm> terms, ListFilterTokens.Token word, ListTypes type)
    {
        if (terms is [ListTerm.Condition { Filter: var only }])
        {
            var isNull = new ListFilter.IsNull(only);
            return word.Text.Equals("isNotNull", StringComparison.OrdinalIgnoreCase) ? new ListFilter.Not(isNull) : isNull;
        }

        var isSecond = terms[0] is not ListTerm.Condition || terms[1] is ListTerm.Condition { Filter: not ListFilter.Constant };
        var (condition, other) = isSecond ? (terms[1], terms[0]) : (terms[0], terms[1]);
        var filter = ((ListTerm.Condition)condition).Filter;
        var isEqual = ListOperators.IsEqual(word.Text) ?? throw NoOperator(word, type);
        ListFilter equal = (filter, ListTerms.AsTruth(other)) switch
        {
            (_, true) => new ListFilter.IsTrue(filter),
            (_, false) => new ListFilter.IsTrue(new ListFilter.Not(filter)),
            (_, null) when other is ListTerm.Null => new ListFilter.IsNull(filter),
            _ => throw ListFilterTokens.Expected(ListTerms.Expected(type), other.Token),
        };
        return isEqual ? equal : new ListFilter.Not(equal);
    }

    /// <summary>Counts an operator, a function, or a value of a list.</summary>
    private void Count()
    {
        if (++_terms > _limits.FilterTerms)
        {
            throw new ListFilterException(Texts.Of(
                $"has more conditions and values than the limit of {_limits.FilterTerms:N0} (setting Limits:FilterTerms)."));
        }
    }

    private bool IsWord(string word) =>
        _tokens.Current.Kind == ListFilterTokens.Kind.Word && _tokens.Current.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool IsSign(string sign) => _tokens.Current.Kind == ListFilterTokens.Kind.Sign && _tokens.Current.Text == sign;

    private ListFilter Condition(ListTerm term) =>
        term is ListTerm.Condition { Filter: var filter } ? filter : throw NoOperator(_tokens.Current, term.Type);

    private static ListFilterException NoOperator(ListFilterTokens.Token word, ListTypes type) => ListFilterTokens.Expected(
        Texts.Of($"an operator, one of {ListOperators.WordsFor(type == ListTypes.None ? ListTypes.Any : type)},"), word);

    private ListFilterException Expected(Text what) => ListFilterTokens.Expected(what, _tokens.Current);
}
