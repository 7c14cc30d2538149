using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>Converts the operands of an operator to one type.</summary>
internal static class ListTerms
{
    /// <summary>An example of a value of these types, for error texts.</summary>
    public static Text Expected(ListTypes types) => types switch
    {
        ListTypes.Number => Texts.Of($"an integer"),
        ListTypes.Date => Texts.Of($"a date such as 2026-01-31T23:59:59Z"),
        ListTypes.Truth => Texts.Of($"true or false"),
        ListTypes.None => Texts.Of($"a value"),
        _ => Texts.Of($"a text in single quotes"),
    };

    /// <summary>The common type of the terms. A number beside a text is a text. Literals without a type compare as written.</summary>
    public static ListTypes Common(IReadOnlyList<ListTerm> terms, DateTimeZone? zone)
    {
        var types = terms.Select(term => term.Type).Where(type => type != ListTypes.None).ToList();
        var written = terms.OfType<ListTerm.Literal>().Select(literal => Written(literal, zone));
        return types.Count == 0 ? written.FirstOrDefault(ListTypes.Text)
            : types.Find(IsText) is var text and not ListTypes.None ? text
            : types[0];
    }

    /// <summary>Converts the terms to values of the type.</summary>
    /// <exception cref="ListFilterException">A term is no value of the type.</exception>
    public static IReadOnlyList<ListValue> As(ListTypes type, IReadOnlyList<ListTerm> terms, bool ignoresCase, DateTimeZone? zone)
    {
        var values = terms.Select(term => As(type, term, zone));
        return [.. ignoresCase && terms.Any(term => term is ListTerm.Value { IgnoresCase: true }) ? values.Select(Folded) : values];
    }

    /// <summary>The value of a term that means true or false: a constant condition or a literal such as `1`. Null for others.</summary>
    public static bool? AsTruth(ListTerm term) => term switch
    {
        ListTerm.Condition { Filter: ListFilter.Constant constant } => constant.Value,
        ListTerm.Literal { Token.Text: "1" } => true,
        ListTerm.Literal { Token.Text: "0" } => false,
        ListTerm.Literal { Token: { Kind: ListFilterTokens.Kind.Text, Text: var text } } when bool.TryParse(text, out var value) => value,
        _ => null,
    };

    private static ListValue As(ListTypes type, ListTerm term, DateTimeZone? zone) => term switch
    {
        ListTerm.Null => new ListValue.Constant(null),
        ListTerm.Value value when value.Type == type || (IsText(value.Type) && IsText(type)) => value.Of,
        ListTerm.Value { Type: ListTypes.Number } value when IsText(type) => new ListValue.Apply(ListFunction.ToText, value.Of),
        ListTerm.Literal literal when Read(type, literal.Token, zone) is { } value => new ListValue.Constant(value),
        _ => throw ListFilterTokens.Expected(Expected(type), term.Token),
    };

    private static object? Read(ListTypes type, ListFilterTokens.Token token, DateTimeZone? zone) => type switch
    {
        ListTypes.Number => Number(token.Text),
        ListTypes.Date => Dates.TryParse(token.Text, zone)?.ToDateTimeOffset(),
        ListTypes.Truth => null,
        _ when token.Kind == ListFilterTokens.Kind.Text || decimal.TryParse(token.Text, CultureInfo.InvariantCulture, out _) => token.Text,
        _ => null,
    };

    private static bool IsText(ListTypes type) => (type & ListTypes.Texts) != 0;

    private static ListTypes Written(ListTerm.Literal literal, DateTimeZone? zone) =>
        literal.Token.Kind == ListFilterTokens.Kind.Text ? ListTypes.Text
        : Number(literal.Token.Text) is null && Read(ListTypes.Date, literal.Token, zone) is not null ? ListTypes.Date
        : ListTypes.Number;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ListValue Folded(ListValue value) => value is ListValue.Constant constant
        ? new ListValue.Constant((constant.Value as string)?.ToUpperInvariant())
        : new ListValue.Apply(ListFunction.ToUpper, value);
}
