using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Agent;

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

    private readonly string _text;
    private int _position;
    private Token _token;
    private int _depth;

    private ListFilterParser(string text)
    {
        _text = text;
        Advance();
    }

    private enum Kind
    {
        End,
        Word,
        Text,
        Sign,
    }

    /// <summary>The condition that the expression is; null when it is blank.</summary>
    /// <exception cref="FormatException">It is none; the message tells where and why.</exception>
    public static ListFilter? Parse(string expression)
    {
        if (string.IsNullOrWhiteSpace(expression))
        {
            return null;
        }

        var parser = new ListFilterParser(expression);
        var filter = parser.ParseOr();
        return parser._token.Kind == Kind.End ? filter : throw parser.Expected(Texts.Of($"'and', 'or' or the end"));
    }

    private ListFilter ParseOr()
    {
        var left = ParseAnd();
        while (TakeWord("or"))
        {
            left = new ListFilter.Either(left, ParseAnd());
        }

        return left;
    }

    private ListFilter ParseAnd()
    {
        var left = ParseUnary();
        while (TakeWord("and"))
        {
            left = new ListFilter.Both(left, ParseUnary());
        }

        return left;
    }

    private ListFilter ParseUnary()
    {
        if (++_depth > DeepestNesting)
        {
            throw new FormatException(Texts.Of($"is nested deeper than {DeepestNesting} at position {_token.Start}."));
        }

        var filter = TakeWord("not") ? new ListFilter.Negation(ParseUnary()) : TakeSign("(") ? ParseRest() : ParseCondition();
        _depth--;
        return filter;

        ListFilter ParseRest()
        {
            var inner = ParseOr();
            RequireSign(")");
            return inner;
        }
    }

    private ListFilter ParseCondition()
    {
        if (_token.Kind != Kind.Word)
        {
            throw Expected("a column, a function, 'not' or '('");
        }

        var word = _token;
        Advance();
        if (Functions.TryGetValue(word.Text, out var function) && TakeSign("("))
        {
            var of = ParseColumn();
            RequireSign(",");
            var value = ParseValue(of, function);
            RequireSign(")");
            return new ListFilter.Compare(of, function, value);
        }

        var column = ListColumns.Find(word.Text) ?? throw NoColumn(word);
        if (TakeWord("oneOf") || TakeWord("in"))
        {
            return ParseOneOf(column);
        }

        if (TakeWord("between"))
        {
            var values = ParseOneOf(column).Values;
            return values.Count == 2
                ? new ListFilter.Both(
                    new ListFilter.Compare(column, Comparison.GreaterOrEqual, values[0]), new ListFilter.Compare(column, Comparison.LessOrEqual, values[1]))
                : throw new FormatException(Texts.Of($"has {values.Count} values for 'between' before position {_token.Start}; it takes two."));
        }

        var sign = _token;
        if (!Operators.TryGetValue(sign.Text, out var how) || sign.Kind == Kind.Text)
        {
            throw Expected(Texts.Of($"an operator: eq, ne, lt, le, gt, ge, begins, contains, is, oneOf or between"));
        }

        Advance();
        if (how is Comparison.Equal or Comparison.NotEqual && TakeWord("null"))
        {
            var isNull = new ListFilter.IsNull(column);
            return how == Comparison.Equal ? isNull : new ListFilter.Negation(isNull);
        }

        return new ListFilter.Compare(column, how, ParseValue(column, how));
    }

    private ListColumn ParseColumn()
    {
        var word = _token;
        var column = word.Kind == Kind.Word ? ListColumns.Find(word.Text) : null;
        Advance();
        return column ?? throw NoColumn(word);
    }

    private ListFilter.OneOf ParseOneOf(ListColumn column)
    {
        RequireSign("(");
        var values = new List<object>();
        do
        {
            values.Add(ParseValue(column, Comparison.Equal));
        }
        while (TakeSign(","));
        RequireSign(")");
        return new ListFilter.OneOf(column, values);
    }

    private object ParseValue(ListColumn column, Comparison how)
    {
        var type = ListColumns.TypeOf(column);
        var isText = how is Comparison.StartsWith or Comparison.EndsWith or Comparison.Contains;
        if (isText && type != typeof(string))
        {
            throw new FormatException(Texts.Of($"compares {ListColumns.Name(column)}, which is no text, as text before position {_token.Start}."));
        }

        var token = _token;
        Advance();
        if (type == typeof(string))
        {
            return token.Kind == Kind.Text ? token.Text : throw Expected(Texts.Of($"a text in single quotes"), token);
        }

        if (type == typeof(long))
        {
            return token.Kind == Kind.Word && long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Expected(Texts.Of($"an integer"), token);
        }

        // OData writes datetime'…'; the word before the text is passed over.
        if (token is { Kind: Kind.Word, Text: "datetime" or "datetimeoffset" } && _token.Kind == Kind.Text)
        {
            token = _token;
            Advance();
        }

        return token.Kind is Kind.Word or Kind.Text
            && DateTimeOffset.TryParse(token.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : throw Expected(Texts.Of($"a date such as 2026-01-31T23:59:59Z"), token);
    }

    private bool TakeWord(string word) => Take(_token.Kind == Kind.Word && _token.Text.Equals(word, StringComparison.OrdinalIgnoreCase));

    private bool TakeSign(string sign) => Take(_token.Kind == Kind.Sign && _token.Text == sign);

    private bool Take(bool isIt)
    {
        if (isIt)
        {
            Advance();
        }

        return isIt;
    }

    private void RequireSign(string sign)
    {
        if (!TakeSign(sign))
        {
            throw Expected($"'{sign}'");
        }
    }

    private void Advance()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }

        var start = _position;
        _token = start == _text.Length
            ? new Token(Kind.End, "", start)
            : _text[start] switch
            {
                '\'' => new Token(Kind.Text, ReadQuoted(), start),
                '(' or ')' or ',' or '=' => new Token(Kind.Sign, _text[_position++].ToString(), start),
                _ => new Token(Kind.Word, ReadWord(), start),
            };
    }

    private string ReadQuoted()
    {
        var text = new StringBuilder();
        for (var start = _position++; _position < _text.Length; text.Append(_text[_position++]))
        {
            if (_text[_position] == '\'')
            {
                _position++;
                if (_position == _text.Length || _text[_position] != '\'')
                {
                    return text.ToString();
                }
            }
            else if (_position == _text.Length - 1)
            {
                throw new FormatException(Texts.Of($"has a text that is not ended; it begins at position {start}."));
            }
        }

        throw new FormatException(Texts.Of($"has a text that is not ended; it begins at position {_text.Length - 1}."));
    }

    private string ReadWord()
    {
        var start = _position;
        while (_position < _text.Length && !char.IsWhiteSpace(_text[_position]) && !"'(),=".Contains(_text[_position], StringComparison.Ordinal))
        {
            _position++;
        }

        return _text[start.._position];
    }

    private static FormatException NoColumn(Token token) =>
        new(Texts.Of($"has '{token.Text}' at position {token.Start}, which is no column; columns are {string.Join(", ", ListColumns.Names)}."));

    private FormatException Expected(string what) => Expected(what, _token);

    private static FormatException Expected(string what, Token token) => new(
        Texts.Of($"has {(token.Kind == Kind.End ? Texts.Of($"its end") : $"'{token.Text}'")} at position {token.Start}, where {what} is expected."));

    private readonly record struct Token(Kind Kind, string Text, int Start);
}
