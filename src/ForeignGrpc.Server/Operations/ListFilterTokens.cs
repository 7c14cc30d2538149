using System.Text;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Operations;

/// <summary>The tokens of a restriction expression. Single quotes enclose a text; a quote in the text is doubled.</summary>
internal sealed class ListFilterTokens
{
    private const string Signs = "(),=!<>";
    private const string EndsWord = "'" + Signs;

    /// <summary>The most characters of a token that an error text shows.</summary>
    private const int ShownCharacters = 50;

    /// <summary>Operators of two characters.</summary>
    private static readonly string[] Pairs = ["!=", "<=", ">="];

    private readonly string _text;
    private int _position;

    public ListFilterTokens(string text)
    {
        _text = text;
        Advance();
    }

    public enum Kind
    {
        End,
        Word,
        Text,
        Sign,
    }

    public Token Current { get; private set; }

    public static ListFilterException Expected(Text what, Token token) => new(token.Kind == Kind.End
        ? Texts.Of($"ends at position {token.Start}, where {what} is expected.")
        : Texts.Of($"has '{Shown(token.Text)}' at position {token.Start}, where {what} is expected."));

    public static ListFilterException NoColumn(Token token) => new(
        Texts.Of($"has '{Shown(token.Text)}' at position {token.Start}, which is not a column; the columns are {ListColumns.Names}."));

    /// <summary>The part of a caller's text that an error text shows.</summary>
    public static string Shown(string text) => Excerpt.Of(text, ShownCharacters);

    /// <summary>Returns the current token and moves to the next.</summary>
    public Token Next()
    {
        var token = Current;
        Advance();
        return token;
    }

    public bool TakeWord(string word) => Take(Current.Kind == Kind.Word && Current.Text.Equals(word, StringComparison.OrdinalIgnoreCase));

    public bool TakeSign(string sign) => Take(Current.Kind == Kind.Sign && Current.Text == sign);

    public void RequireSign(string sign)
    {
        if (!TakeSign(sign))
        {
            throw Expected(new Text("'{0}'", sign), Current);
        }
    }

    private bool Take(bool isIt)
    {
        if (isIt)
        {
            Advance();
        }

        return isIt;
    }

    private void Advance()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }

        var start = _position;
        Current = start == _text.Length
            ? new Token(Kind.End, "", start)
            : _text[start] switch
            {
                '\'' => new Token(Kind.Text, ReadQuoted(), start),
                var sign when Signs.Contains(sign, StringComparison.Ordinal) => new Token(Kind.Sign, ReadSign(), start),
                _ => new Token(Kind.Word, ReadWord(), start),
            };
    }

    private string ReadSign()
    {
        var start = _position;
        _position += Array.Exists(Pairs, pair => string.CompareOrdinal(_text, start, pair, 0, pair.Length) == 0) ? 2 : 1;
        return _text[start.._position];
    }

    private string ReadQuoted()
    {
        var start = _position++;
        var text = new StringBuilder();
        for (int end; (end = _text.IndexOf('\'', _position)) >= 0;)
        {
            text.Append(_text, _position, end - _position);
            _position = end + 1;
            if (_position == _text.Length || _text[_position] != '\'')
            {
                return text.ToString();
            }

            text.Append('\'');
            _position++;
        }

        throw new ListFilterException(Texts.Of($"has a text without a closing quote; the text begins at position {start}."));
    }

    private string ReadWord()
    {
        var start = _position;
        while (_position < _text.Length
            && !char.IsWhiteSpace(_text[_position])
            && !EndsWord.Contains(_text[_position], StringComparison.Ordinal))
        {
            _position++;
        }

        return _text[start.._position];
    }

    public readonly record struct Token(Kind Kind, string Text, int Start);
}
