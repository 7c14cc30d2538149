using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// A path template of an HTTP rule, split into literals and parameters. A parameter is a field of a message. A constant, `{field=literal}`,
/// is a literal that also sets a field.
/// </summary>
internal sealed class PathTemplate
{
    private readonly (string? Literal, FieldPath? Field)[] _segments;

    /// <exception cref="NotSupportedException">The path uses more of the template language than `{field}` and `{field=literal}` segments.
    /// </exception>
    public PathTemplate(string path, MessageSchema message)
    {
        _segments = [.. path.Split('/').Select(segment => Parse(segment, path, message))];
        Route = string.Join('/', path.Split('/').Zip(_segments, (segment, parsed) => parsed.Literal ?? segment));
    }

    /// <summary>The path as a route pattern: `/api/v1/Contact/{entity_id}/ForeignKey`.</summary>
    public string Route { get; }

    /// <summary>The number of segments of a matching path. The first segment, before the leading slash, is empty.</summary>
    public int Length => _segments.Length;

    /// <summary>Whether the last segment is a literal.</summary>
    public bool EndsInLiteral => _segments[^1].Literal is not null;

    /// <summary>Whether the last segment is a parameter that takes a blank value.</summary>
    public bool MayEndBlank => _segments[^1] is { Literal: null, Field.Field: { Type: FieldType.String, IsRequired: false } };

    /// <summary>The parameters, with the index of their segment.</summary>
    public IEnumerable<(int Index, FieldPath Field)> Parameters =>
        from segment in _segments.Index()
        where segment.Item is { Literal: null, Field: not null }
        select (segment.Index, segment.Item.Field);

    /// <summary>The constants, with the values of their fields.</summary>
    public IEnumerable<(FieldPath Field, string Value)> Constants =>
        from segment in _segments
        where segment is { Literal: not null, Field: not null }
        select (segment.Field, segment.Field.Field.PathValues.GetValueOrDefault(segment.Literal, segment.Literal));

    /// <summary>The path with the parameters' documented names: `/api/v1/ForeignApp/{id}`.</summary>
    public string Documented => string.Join('/', _segments.Select(
        segment => segment.Literal ?? $"{{{segment.Field!.Field.PathName}}}"));

    /// <summary>The HTTP method and path of a rule.</summary>
    public static (string Verb, string Path) Of(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => (HttpMethods.Get, rule.Get),
        HttpRule.PatternOneofCase.Put => (HttpMethods.Put, rule.Put),
        HttpRule.PatternOneofCase.Post => (HttpMethods.Post, rule.Post),
        HttpRule.PatternOneofCase.Delete => (HttpMethods.Delete, rule.Delete),
        HttpRule.PatternOneofCase.Patch => (HttpMethods.Patch, rule.Patch),
        _ => throw new NotSupportedException($"The edge serves no '{rule.PatternCase}' rules."),
    };

    /// <summary>The first parameter that must be a number but is not a number in the path; null if there is none.</summary>
    public (FieldPath Field, string Given)? FindMistyped(ReadOnlySpan<string> path)
    {
        for (var i = 0; i < Length; i++)
        {
            if (_segments[i] is { Literal: null, Field: { Field.Type: FieldType.Int32 } field } && TextValues.TryParseId(path[i]) is null)
            {
                return (field, path[i]);
            }
        }

        return null;
    }

    /// <summary>Whether the path has the literals of this template. Parameters match any text, also blank.</summary>
    public bool Matches(ReadOnlySpan<string> path)
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

    /// <summary>The path with the values of a message in place of the parameters.</summary>
    public string Fill(IMessage message) => string.Join('/', _segments.Select(
        segment => segment.Literal ?? Uri.EscapeDataString(segment.Field!.Get(message)?.ToString() ?? "")));

    private static (string? Literal, FieldPath? Field) Parse(string segment, string path, MessageSchema message)
    {
        if (!segment.StartsWith('{'))
        {
            return (segment, null);
        }

        var parts = segment.Trim('{', '}').Split('=', 2);
        var literal = parts.ElementAtOrDefault(1);
        return FieldPath.Find(message, parts[0]) switch
        {
            { Field.Type: FieldType.String } field => (literal, field),
            { Field.Type: FieldType.Int32 } field when literal is null => (literal, field),
            _ => throw new NotSupportedException(
                $"'{segment}' in '{path}' is no string or int32 field of {message.Descriptor.FullName}."),
        };
    }
}
