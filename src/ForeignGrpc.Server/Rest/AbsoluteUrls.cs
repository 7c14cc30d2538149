using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using Microsoft.AspNetCore.WebUtilities;

namespace ForeignGrpc.Server.Rest;

/// <summary>Absolute URLs in responses. They depend on the URL of the request, which operations do not know.</summary>
internal static class AbsoluteUrls
{
    public static string Root(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>The fields of a response that are URLs.</summary>
    public static FieldSchema[] FieldsOf(MessageSchema response) =>
        [.. response.Fields.Where(field => field is { PathLink: not null } or { NextQuery: not null })];

    /// <summary>Sets these fields of a response to absolute URLs.</summary>
    public static void Complete(FieldSchema[] fields, IMessage response, HttpRequest request)
    {
        foreach (var field in fields)
        {
            if (field.PathLink is { } path)
            {
                field.Accessor.SetValue(response, (Root(request) + path).TrimEnd('/'));
            }
            else if (field.NextQuery is { } parameter && field.Accessor.HasValue(response))
            {
                var next = request.Query.Where(pair => !pair.Key.Equals(parameter, StringComparison.OrdinalIgnoreCase))
                    .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value))
                    .Append(KeyValuePair.Create(parameter, (string?)field.Accessor.GetValue(response)));
                field.Accessor.SetValue(response, QueryHelpers.AddQueryString(Root(request) + request.Path, next));
            }
        }
    }
}
