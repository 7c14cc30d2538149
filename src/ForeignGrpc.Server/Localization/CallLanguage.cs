using System.Globalization;
using Grpc.Core;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Localization;

/// <summary>The language that a call chose.</summary>
/// <param name="Language">One that texts or values may be in, by its ISO 639-1 code.</param>
/// <param name="Culture">How numbers and dates within texts are written.</param>
internal sealed record CallLanguage(string Language, CultureInfo Culture)
{
    public const string English = "en";

    private const string Header = "SO-Language";
    private const string CultureHeader = "SO-Culture";

    /// <summary>The language that a call chose; null when it chose none.</summary>
    public static CallLanguage? Of(ServerCallContext call) => Of(call.GetHttpContext());

    /// <inheritdoc cref="Of(ServerCallContext)"/>
    public static CallLanguage? Of(HttpContext call) => call.Features.Get<CallLanguage>();

    /// <summary>
    /// The language of `SO-Language`, else the one that `Accept-Language` likes best of those that there are; English when there is
    /// none of them. Null when neither names any, or says `*`, `x` or `-`: everything is left as it is.
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

    /// <summary>The language of a tag such as `nb-NO`; all of Norwegian is `nb` here.</summary>
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
