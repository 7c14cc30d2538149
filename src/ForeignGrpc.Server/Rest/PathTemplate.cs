using Google.Api;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Rest;

/// <summary>The path of an HTTP rule, cut into literals and parameters.</summary>
internal sealed class PathTemplate
{
    private readonly (string? Literal, FieldDescriptor? Parameter)[] _segments;

    private PathTemplate(string verb, (string? Literal, FieldDescriptor? Parameter)[] segments)
    {
        Verb = verb;
        _segments = segments;
    }

    /// <summary>The HTTP method.</summary>
    public string Verb { get; }

    /// <summary>How many segments a matching path has; the first, before the leading slash, is empty.</summary>
    public int Length => _segments.Length;

    /// <summary>The parameters and where in the path they stand.</summary>
    public IEnumerable<(int Index, FieldDescriptor Field)> Parameters =>
        from segment in _segments.Index()
        where segment.Item.Parameter is not null
        select (segment.Index, segment.Item.Parameter);

    /// <exception cref="NotSupportedException">The rule uses more of the template language than `{field}` segments.</exception>
    public static PathTemplate Of(HttpRule rule, MessageDescriptor request)
    {
        var (verb, pattern) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
            HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
            HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
            HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
            _ => throw new NotSupportedException($"The edge serves no '{rule.PatternCase}' rules."),
        };
        return new PathTemplate(verb, [.. pattern.Split('/').Select(segment => Parse(segment, pattern, request))]);
    }

    /// <summary>
    /// Whether the path has this template's literals, and something of the right type where it has parameters. An empty
    /// segment is a blank value.
    /// </summary>
    public bool Matches(ReadOnlySpan<string> path) => MatchesButForTypes(path) && FindMistyped(path) is null;

    /// <summary>The first parameter that is a number in the template and not in the path.</summary>
    public (FieldDescriptor Field, string Given)? FindMistyped(ReadOnlySpan<string> path)
    {
        for (var i = 0; i < Length; i++)
        {
            if (_segments[i].Parameter is { FieldType: FieldType.Int32 } field && Scalars.TryParseInt32(path[i]) is null)
            {
                return (field, path[i]);
            }
        }

        return null;
    }

    /// <summary>Whether the path has this template's literals, whatever stands where the template has parameters.</summary>
    public bool MatchesButForTypes(ReadOnlySpan<string> path)
    {
        if (path.Length != Length)
        {
            return false;
        }

        for (var i = 0; i < Length; i++)
        {
            if (_segments[i].Literal is { } literal && !literal.Equals(path[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static (string? Literal, FieldDescriptor? Parameter) Parse(string segment, string pattern, MessageDescriptor request)
    {
        if (!segment.StartsWith('{'))
        {
            return (segment, null);
        }

        var field = request.FindFieldByName(segment.Trim('{', '}'));
        return field is { FieldType: FieldType.String or FieldType.Int32 }
            ? (null, field)
            : throw new NotSupportedException($"'{segment}' in '{pattern}' is no string or int32 field of {request.FullName}.");
    }
}
