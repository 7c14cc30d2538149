using System.Text.Json;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace ForeignGrpc.Server.Agent;

/// <summary>Where the next page of a list begins; opaque to callers.</summary>
/// <param name="After">The last row of the page before; null where the list is sorted by the caller's columns.</param>
/// <param name="Skip">How many rows the pages before had, in a list that is sorted so.</param>
/// <param name="Remaining">How many rows may still come; null for all.</param>
internal sealed record PageToken(ListPosition? After, int Skip, int? Remaining)
{
    public static PageToken? TryParse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<PageToken>(WebEncoders.Base64UrlDecode(text));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(this));
}
