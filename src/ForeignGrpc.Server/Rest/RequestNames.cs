using ForeignGrpc.Server.Messages;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The names of a request's fields for callers of a REST operation: those of path parameters, query parameters and properties of the body.
/// </summary>
/// <param name="operation">The operation. All its properties but this are set.</param>
internal sealed class RequestNames(RestOperation operation)
{
    private readonly Dictionary<string, string> _parameters = operation.Template.Parameters
        .Select(parameter => (Path: parameter.Field.ProtoName, Name: parameter.Field.Field.PathName))
        .Concat(operation.QueryFields.Select(field => (Path: field.Descriptor.Name, Name: field.QueryName)))
        .ToDictionary(parameter => parameter.Path, parameter => parameter.Name);

    private readonly FieldSchema? _patch = operation.TakesWholeBody ? null : operation.PatchRequest?.Patch;

    /// <summary>What the body is, or what the patch in the body changes; null if there is no body, or it is the whole request.</summary>
    private readonly MessageSchema? _body = operation.TakesPatch ? operation.Response : operation.BodyField?.Message;

    /// <summary>
    /// Translates a path of proto names in the request, such as `foreign_app_entity.devices[0].device_name`, into the name for the caller:
    /// `Devices[0].Name` where the body is the application. The names of headers stay.
    /// </summary>
    public string Of(string path, IMessage request)
    {
        var (first, behind) = Split(path);
        return _parameters.TryGetValue(path, out var name) ? name
            : first == _patch?.Descriptor.Name ? OfChange(behind, request)
            : operation.TakesWholeBody || behind.Length == 0 ? operation.Request.JsonPath(path)
            : operation.TakesPatch || first == operation.BodyField?.Descriptor.Name ? _body!.JsonPath(behind)
            : operation.Request.JsonPath(path);
    }

    /// <summary>
    /// The name of a part of a patch. An invalid value of a merge patch has the name of the property, and other parts their path in the
    /// JSON Patch.
    /// </summary>
    private string OfChange(string part, IMessage request)
    {
        const string Value = "].value";
        var end = part.IndexOf(']', StringComparison.Ordinal);
        if (end < 0)
        {
            return _patch!.JsonName;
        }

        var property = operation.Request.Patch is { } changes && part.AsSpan(end).StartsWith(Value)
            && int.TryParse(part.AsSpan(1, end - 1), out var index)
                ? MessagePatch.MergedProperty(((IReadOnlyList<PatchOperation>)changes.Accessor.GetValue(request))[index])
                : null;
        return property is null ? part : (_body?.Find(property)?.JsonName ?? property) + part[(end + Value.Length)..];
    }

    /// <summary>The first name of a path and the path behind it: `changes` and `[0].op`, `foreign_key` and `key_name`.</summary>
    private static (string First, string Behind) Split(string path) => path.IndexOfAny(['.', '[']) is > 0 and var end
        ? (path[..end], path[end..].TrimStart('.'))
        : (path, "");
}
