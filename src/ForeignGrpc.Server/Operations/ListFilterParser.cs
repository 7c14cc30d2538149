using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// Parses the documented restriction expressions: OData's `eq ne lt le gt ge and or not ( )` and functions, and the API's own infix
/// words. Keywords in any case; text in single quotes, a quote within doubled.
/// </summary>
/// <remarks>
/// <code>
/// or         = and *( "or" and )
/// and        = unary *( "and" unary )
/// unary      = [ "not" ] ( "(" or ")" / function "(" column "," value ")" / column operator values )
/// </code>
/// </remarks>
internal sealed class ListFilterParser
{
    private const int DeepestNesting = 50;

    private static readonly Dictionary<string, Comparison> Operators = new(StringComparer.OrdinalIgnoreCase)
    {
        ["eq"] = Comparison.Equal,
        ["="] = Comparison.Equal,
        ["equals"] = Comparison.Equal,
        ["is"] = Comparison.Equal,
        ["ne"] = Comparison.NotEqual,
        ["unequals"] = Comparison.NotEqual,
        ["isNot"] = Comparison.NotEqual,
        ["lt"] = Comparison.Less,
        ["less"] = Comparison.Less,
        ["le"] = Comparison.LessOrEqual,
        ["gt"] = Comparison.Greater,
        ["greater"] = Comparison.Greater,
        ["ge"] = Comparison.GreaterOrEqual,
        ["begins"] = Comparison.StartsWith,
        ["contains"] = Comparison.Contains,
    };

    private static readonly Dictionary<string, Comparison> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["startswith"] = Comparison.StartsWith,
        ["endswith"] = Comparison.EndsWith,
        ["contains"] = Comparison.Contains,
    };

    private readonly ListFilterTokens _tokens;
    private readonly int _mostTerms;
    private readonly DateTimeZone? _zone;
    private int _depth;
    private int _terms;

    private ListFilterParser(string text, int mostTerms, DateTimeZone? zone) =>
        (_tokens, _mostTerms, _zone) = (new ListFilterTokens(text), mostTerms, zone);

    /// <summary>The condition that the expression is; null when it is blank.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="mostTerms">How many conditions and values of lists it may have in all.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <exception cref="ListFilterException">It is none; the message tells where and why.</exception>
    public static ListFilter? Parse(string expression, int mostTerms, DateTimeZone? zone)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return null;
        }

        var parser = new ListFilterParser(expression, mostTerms, zone);
        var filter = parser.ParseOr();
        return parser._tokens.Current.Kind == ListFilterTokens.Kind.End
            ? filter
            : throw parser.Expected(Texts.Of($"'and', 'or' or the end"));
    }

    private ListFilter ParseOr() => ParseChain("or", ParseAnd, Or);

    private ListFilter ParseAnd() => ParseChain("and", ParseUnary, all => new ListFilter.And(all));

    private ListFilter ParseChain(string word, Func<ListFilter> parse, Func<List<ListFilter>, ListFilter> join)
    {
        var parts = new List<ListFilter>();
        do
        {
            parts.Add(parse());
        }
        while (_tokens.TakeWord(word));
        return parts.Count == 1 ? parts[0] : join(parts);
    }

    /// <summary>
    /// One of the conditions; those that a column equals a value become one, which takes the database no longer for many values than for
    /// one.
    /// </summary>
    private static ListFilter Or(List<ListFilter> filters)
    {
        var parts = filters.ToLookup(
            filter => filter is ListFilter.Compare { How: Comparison.Equal } equal ? equal.Column : (ListColumn?)null);
        var any = parts.Where(part => part.Key is not null)
            .Select(part => part.Count() == 1
                ? part.First()
                : new ListFilter.OneOf(part.Key!.Value, part.Select(equal => ((ListFilter.Compare)equal).Value).Distinct().ToList()))
            .Concat(parts[null])
            .ToList();
        return any.Count == 1 ? any[0] : new ListFilter.Or(any);
    }

    private ListFilter ParseUnary()
    {
        if (++_depth > DeepestNesting)
        {
            throw new ListFilterException(Texts.Of($"is nested deeper than {DeepestNesting} levels at position {_tokens.Current.Start}."));
        }

        var filter = _tokens.TakeWord("not") ? new ListFilter.Not(ParseUnary()) : _tokens.TakeSign("(") ? ParseRest() : ParseCondition();
        _depth--;
        return filter;

        ListFilter ParseRest()
        {
            var inner = ParseOr();
            _tokens.RequireSign(")");
            return inner;
        }
    }

    private ListFilter ParseCondition()
    {
        if (_tokens.Current.Kind != ListFilterTokens.Kind.Word)
        {
            throw Expected(new Text("a column, a function, 'not' or '('"));
        }

        Count();
        var word = _tokens.Next();
        if (Functions.TryGetValue(word.Text, out var function) && _tokens.TakeSign("("))
        {
            var of = ParseColumn();
            _tokens.RequireSign(",");
            var value = ParseValue(of, function);
            _tokens.RequireSign(")");
            return new ListFilter.Compare(of, function, value);
        }

        var column = ListColumns.Find(word.Text) ?? throw ListFilterTokens.NoColumn(word);
        if (_tokens.TakeWord("oneOf") || _tokens.TakeWord("in"))
        {
            return new ListFilter.OneOf(column, ParseValues(column).Distinct().ToList());
        }

        if (_tokens.TakeWord("between"))
        {
            var values = ParseValues(column);
            return values.Count == 2
                ? new ListFilter.And(
                    [new ListFilter.Compare(column, Comparison.GreaterOrEqual, values[0]), new ListFilter.Compare(
                        column, Comparison.LessOrEqual, values[1])])
                : throw new ListFilterException(
                    Texts.Of($"has {values.Count} values for 'between' before position {_tokens.Current.Start}; 'between' takes two."));
        }

        var sign = _tokens.Current;
        if (!Operators.TryGetValue(sign.Text, out var how) || sign.Kind == ListFilterTokens.Kind.Text)
        {
            throw Expected(Texts.Of($"an operator: eq, ne, lt, le, gt, ge, begins, contains, is, oneOf or between"));
        }

        _tokens.Next();
        if (how is Comparison.Equal or Comparison.NotEqual && _tokens.TakeWord("null"))
        {
            var isNull = new ListFilter.IsNull(column);
            return how == Comparison.Equal ? isNull : new ListFilter.Not(isNull);
        }

        return new ListFilter.Compare(column, how, ParseValue(column, how));
    }

    private ListColumn ParseColumn()
    {
        var word = _tokens.Next();
        var column = word.Kind == ListFilterTokens.Kind.Word ? ListColumns.Find(word.Text) : null;
        return column ?? throw ListFilterTokens.NoColumn(word);
    }

    private List<object> ParseValues(ListColumn column)
    {
        _tokens.RequireSign("(");
        var values = new List<object>();
        do
        {
            Count();
            values.Add(ParseValue(column, Comparison.Equal));
        }
        while (_tokens.TakeSign(","));
        _tokens.RequireSign(")");
        return values;
    }

    /// <summary>Counts a condition or a value of a list.</summary>
    private void Count()
    {
        if (++_terms > _mostTerms)
        {
            throw new ListFilterException(Texts.Of(
                $"has more conditions and values than the limit of {_mostTerms:N0} (setting Limits:FilterTerms)."));
        }
    }

    private object ParseValue(ListColumn column, Comparison how)
    {
        var type = ListColumns.TypeOf(column);
        var isText = how is Comparison.StartsWith or Comparison.EndsWith or Comparison.Contains;
        if (isText && type != typeof(string))
        {
            throw new ListFilterException(Texts.Of(
                $"uses a text operator on {ListColumns.Name(column)}, which is not text, before position {_tokens.Current.Start}."));
        }

        var token = _tokens.Next();
        if (type == typeof(string))
        {
            return token.Kind == ListFilterTokens.Kind.Text
                ? token.Text
                : throw ListFilterTokens.Expected(Texts.Of($"a text in single quotes"), token);
        }

        if (type == typeof(long))
        {
            return token.Kind == ListFilterTokens.Kind.Word && long.TryParse(
                token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw ListFilterTokens.Expected(Texts.Of($"an integer"), token);
        }

        // OData writes datetime'…'; the word before the text has no meaning of its own.
        if (token is { Kind: ListFilterTokens.Kind.Word, Text: "datetime" or "datetimeoffset" }
            && _tokens.Current.Kind == ListFilterTokens.Kind.Text)
        {
            token = _tokens.Next();
        }

        return token.Kind is ListFilterTokens.Kind.Word or ListFilterTokens.Kind.Text && Dates.TryParse(token.Text, _zone) is { } date
            ? date.ToDateTimeOffset()
            : throw ListFilterTokens.Expected(Texts.Of($"a date such as 2026-01-31T23:59:59Z"), token);
    }

    private ListFilterException Expected(Text what) => ListFilterTokens.Expected(what, _tokens.Current);
}
