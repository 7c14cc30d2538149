using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;

namespace ForeignGrpc.Server.Rest;

/// <summary>The templates of all REST routes, for paths that routing cannot match or explain.</summary>
internal sealed class RestRoutes(EndpointDataSource endpoints)
{
    private readonly Lazy<(string Verb, PathTemplate Template)[]> _templates = new(() =>
    [
        .. endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<RestOperation>())
            .OfType<RestOperation>()
            .Select(operation => (operation.Verb, operation.Template)),
    ]);

    /// <summary>Whether a route takes this path, with its empty segments as blank values.</summary>
    public bool AnyMatches(ReadOnlySpan<string> path)
    {
        foreach (var (_, template) in _templates.Value)
        {
            if (template.Matches(path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The path without the empty segment of a trailing slash where the last segment cannot be blank; else the path. Where it can be both a
    /// literal and a blank value, it is the literal.
    /// </summary>
    public string[] WithoutTrailingSlash(string verb, string[] path)
    {
        if (path[^1].Length > 0)
        {
            return path;
        }

        verb = HttpMethods.IsHead(verb) ? HttpMethods.Get : verb;
        var (shorter, mayBeBlank, isShorter) = (path[..^1], false, false);
        foreach (var (templateVerb, template) in _templates.Value)
        {
            if (templateVerb == verb && template.Matches(shorter))
            {
                isShorter = true;
                if (template.EndsInLiteral)
                {
                    return shorter;
                }
            }

            mayBeBlank |= templateVerb == verb && template.MayEndBlank && template.Matches(path);
        }

        return isShorter && !mayBeBlank ? shorter : path;
    }

    /// <summary>
    /// The reason why a path has no route, if the reason is a segment that must be a number; else null.
    /// </summary>
    public Text? Explain(string verb, ReadOnlySpan<string> path)
    {
        foreach (var (templateVerb, template) in _templates.Value)
        {
            if (templateVerb == verb && template.Matches(path) && template.FindMistyped(path) is var (parameter, given))
            {
                var name = parameter.Field.PathName;
                return Integers.TryParse(given) is < 0 and var id
                    ? Texts.Of($"{name} must be 0 or more, but is {id}.")
                    : Texts.Of($"{name} must be a 32-bit integer written in digits only, but is {TextValues.Quote(given)}.");
            }
        }

        return null;
    }
}
