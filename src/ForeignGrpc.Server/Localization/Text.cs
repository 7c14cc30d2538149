using System.Globalization;

namespace ForeignGrpc.Server.Localization;

/// <summary>A text of the server, whole or a part of a sentence, which is in no language yet; <see cref="Texts.Of"/> makes one.</summary>
/// <param name="english">The English text with numbered holes.</param>
/// <param name="values">What stands in the holes. Texts among the values are shown in the same language.</param>
internal sealed class Text(string english, params object?[] values)
{
    /// <summary>
    /// The text in the language of a call, with numbers and dates as its culture writes them. English where the call has chosen no
    /// language.
    /// </summary>
    public string In(CallLanguage? call) => string.Format(
        call?.Culture ?? CultureInfo.InvariantCulture,
        call is null ? english : Texts.Find(english, call.Language) ?? english,
        Array.ConvertAll(values, value => value is Text text ? text.In(call) : value));

    public override string ToString() => In(null);
}
