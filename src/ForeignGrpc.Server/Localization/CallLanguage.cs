using System.Globalization;
using Grpc.Core;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Localization;

/// <summary>The language that a call asks for.</summary>
/// <param name="Language">The ISO 639-1 code of the language.</param>
/// <param name="Culture">The culture that formats numbers and dates within texts.</param>
internal sealed record CallLanguage(string Language, CultureInfo Culture)
{
    public const string English = "en";

    private const string Header = "SO-Language";
    private const string CultureHeader = "SO-Culture";

    /// <summary>The language that a call asks for; null if it asks for none.</summary>
    public static CallLanguage? Of(ServerCallContext call) => Of(call.GetHttpContext());

    /// <inheritdoc cref="Of(ServerCallContext)"/>
    public static CallLanguage? Of(HttpContext call) => call.Features.Get<CallLanguage>();

    /// <summary>
    /// The language in `SO-Language`; without this header, the known language that `Accept-Language` prefers. English if the headers name
    /// only unknown languages. Null, for no translation, if they name no language or `*`, `x` or `-`.
    /// </summary>
    public static CallLanguage? Choose(HttpRequest request)
    {
        var headers = request.Headers;
        var tags = headers.TryGetValue(Header, out var chosen)
            ? [chosen.ToString()]
            : headers.AcceptLanguage.Count > 0 && StringWithQualityHeaderValue.TryParseList(headers.AcceptLanguage, out var ranges)
                ? ranges.Where(range => range.Quality != 0).OrderByDescending(range => range.Quality ?? 1).Select(
                    range => range.Value.ToString())
                : Enumerable.Empty<string>();
        string? unknown = null;
        foreach (var tag in tags.Select(tag => tag.Trim()))
        {
            if (tag is "" or "*" or "-" || tag.Equals("x", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            if (Find(tag) is { } language)
            {
                return new CallLanguage(
                    language, CultureOf(headers[CultureHeader].ToString()) ?? CultureOf(tag) ?? CultureInfo.InvariantCulture);
            }

            unknown ??= tag;
        }

        return unknown is null
            ? null
            : new CallLanguage(English, CultureOf(headers[CultureHeader].ToString()) ?? CultureInfo.InvariantCulture);
    }

    /// <summary>The known language of a tag such as `nb-NO`, or null. `no` and `nn` count as `nb`.</summary>
    private static string? Find(string tag)
    {
        var language = tag.Split('-', '_')[0].ToLowerInvariant();
        language = language is "no" or "nn" ? "nb" : language;
        return MultiLanguageText.Knows(language) ? language : null;
    }

    private static CultureInfo? CultureOf(string name)
    {
        try
        {
            return name.Length == 0 ? null : CultureInfo.GetCultureInfo(name.Replace('_', '-'), predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
