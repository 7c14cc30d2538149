using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>Parses operands.</summary>
internal sealed partial class ListFilterParser
{
    /// <param name="expected">The expected operand, for error texts; null at the start of an expression.</param>
    private ListTerm ParseOperand(Text? expected)
    {
        var token = _tokens.Next();
        return token switch
        {
            { Kind: ListFilterTokens.Kind.Text } => new ListTerm.Literal(token),
            { Kind: ListFilterTokens.Kind.Sign, Text: "(" } => ParseGroup(),
            { Kind: ListFilterTokens.Kind.Word } => ParseWord(token, expected),
            _ => throw ListFilterTokens.Expected(expected ?? new Text("a column, a function, 'not' or '('"), token),
        };
    }

    private ListTerm ParseGroup()
    {
        var inner = ParseOr();
        _tokens.RequireSign(")");
        return inner;
    }

    private ListTerm ParseWord(ListFilterTokens.Token word, Text? expected)
    {
        return word.Text.ToUpperInvariant() switch
        {
            "TRUE" or "GETALLROWS" => Constant(word, true),
            "FALSE" or "GETNOROWS" => Constant(word, false),
            "NULL" => new ListTerm.Null(word),
            "DATETIME" or "DATETIMEOFFSET" when _tokens.Current.Kind == ListFilterTokens.Kind.Text => new ListTerm.Literal(_tokens.Next()),
            _ when IsSign("(") && ListFunctions.Find(word.Text) is { } function => Deeper(() => ParseFunction(word, function)),
            _ when ListColumns.Find(word.Text) is { } column =>
                new ListTerm.Value(word, new ListValue.Column(column), ListColumns.KindOf(column), column == ListColumn.TableName),
            _ when char.IsAsciiDigit(word.Text[0]) || word.Text[0] is '-' or '+' => new ListTerm.Literal(word),
            _ => throw (expected is null ? ListFilterTokens.NoColumn(word) : ListFilterTokens.Expected(expected, word)),
        };
    }

    private ListTerm.Condition Constant(ListFilterTokens.Token word, bool value)
    {
        Count();
        return new ListTerm.Condition(word, new ListFilter.Constant(value));
    }

    private ListTerm ParseFunction(ListFilterTokens.Token name, ListFunctionCall function)
    {
        Count();
        var terms = ParseList(ListTerms.Expected(ListTypes.Text), isCounted: false);
        if (terms.Count != function.Count)
        {
            var end = _tokens.Current.Start;
            throw new ListFilterException(
                Texts.Of($"has {terms.Count} values for '{name.Text}' before position {end}; it takes {function.Count}."));
        }

        if (terms.Find(term => term.Type is not (ListTypes.None or ListTypes.Text or ListTypes.Person)) is { } other)
        {
            throw new ListFilterException(
                Texts.Of($"uses a text operator on {other.Token.Text}, which is not text, before position {_tokens.Current.Start}."));
        }

        var values = ListTerms.As(ListTypes.Text, terms, function.IgnoresCase, _caller.Zone);
        var most = (long)JoinedValues * _limits.Value;
        return values.Sum(LengthOf) <= most
            ? function.Make(name, values)
            : throw new ListFilterException(
                Texts.Of($"has texts of more than {most:N0} characters in '{name.Text}' before position {_tokens.Current.Start}."));
    }

    /// <summary>The maximum length of the text.</summary>
    private long LengthOf(ListValue text) => text switch
    {
        ListValue.Constant constant => (constant.Value as string)?.Length ?? 0,
        ListValue.Apply apply => apply.Values.Sum(LengthOf),
        _ => _limits.Value,
    };

    private List<ListTerm> ParseList(Text expected, bool isCounted = true)
    {
        _tokens.RequireSign("(");
        var terms = new List<ListTerm>();
        do
        {
            if (isCounted)
            {
                Count();
            }

            terms.Add(ParseOperand(expected));
        }
        while (_tokens.TakeSign(","));
        _tokens.RequireSign(")");
        return terms;
    }
}
