using System.Globalization;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// A text of the server, or a part of a sentence, before it is translated. Create it with <see cref="Texts.Of"/>.
/// </summary>
/// <param name="english">The English text with numbered placeholders: `{0}`.</param>
/// <param name="values">The values of the placeholders. A value that is a <see cref="Text"/> is translated too.</param>
internal sealed class Text(string english, params object?[] values)
{
    /// <summary>
    /// The text in the language of a call, with numbers and dates in its culture. English if the call asks for no language, or if there is
    /// no translation.
    /// </summary>
    public string In(CallLanguage? call) => string.Format(
        call?.Culture ?? CultureInfo.InvariantCulture,
        call is null ? english : Texts.Find(english, call.Language) ?? english,
        Array.ConvertAll(values, value => value is Text text ? text.In(call) : value));

    public override string ToString() => In(null);
}
