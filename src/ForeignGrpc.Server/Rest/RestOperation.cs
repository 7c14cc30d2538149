using System.Collections.Frozen;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using ForeignSystem.V1;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ForeignGrpc.Server.Rest;

/// <summary>How one HTTP rule maps a call to a request message and a response message to a body, worked out once at start.</summary>
internal sealed class RestOperation
{
    /// <summary>
    /// The documented API has two faces: resources, and agents, whose operations are called by name and answer `null` where a
    /// resource is 404.
    /// </summary>
    private const string AgentsPrefix = "/api/v1/Agents/";

    private readonly (int Segment, FieldPath Field)[] _pathParameters;
    private readonly (FieldPath Field, string Value)[] _pathConstants;
    private readonly FrozenDictionary<string, FieldSchema> _queryParameters;

    /// <summary>The path of the agents' face of the operation; null when it has none.</summary>
    private readonly string? _agentPath;

    /// <summary>Names of the fields that the body has. As query parameters they are an error.</summary>
    private readonly FrozenSet<string> _elsewhere;

    /// <summary>Whether the query may have nothing but the fields of the request.</summary>
    private readonly bool _isQueryClosed;

    public RestOperation(GrpcJsonTranscodingMetadata metadata)
    {
        var (method, rule) = (metadata.MethodDescriptor, metadata.HttpRule);
        (Verb, var path) = PathTemplate.Of(rule);
        Method = method;
        Request = MessageSchema.Of(method.InputType);
        Response = MessageSchema.Of(method.OutputType);
        IsAgent = path.StartsWith(AgentsPrefix, StringComparison.Ordinal);
        _agentPath = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http).AdditionalBindings
            .Select(other => PathTemplate.Of(other).Path)
            .FirstOrDefault(other => other.StartsWith(AgentsPrefix, StringComparison.Ordinal));
        IsRead = method.GetOptions()?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects;
        IsVoid = method.OutputType == Empty.Descriptor;
        AnswersBlank = method.GetOptions()?.GetExtension(OptionsExtensions.BlankIfNotFound) is true;
        IsSecret = method.Service.GetOptions()?.GetExtension(OptionsExtensions.NoStore) is true;
        TakesWholeBody = rule.Body == "*";
        BodyField = rule.Body is "" or "*" ? null : Request.Find(rule.Body) ?? throw Unknown(rule.Body, method.InputType);
        ChangesField = BodyField is null or { IsPatch: true } ? null : Request.Patch;
        PatchRequest = method.Service.Methods.Select(other => MessageSchema.Of(other.InputType)).FirstOrDefault(
            request => request.Patch is not null);
        FormatField = Request.Find(ResponseShape.FormatQuery);
        ResponseField = rule.ResponseBody.Length == 0
            ? null
            : Response.Find(rule.ResponseBody) ?? throw Unknown(rule.ResponseBody, method.OutputType);
        UrlFields = AbsoluteUrls.FieldsOf(Response);
        Links = !IsAgent && method.GetOptions()?.GetExtension(OptionsExtensions.Resource) is { } resource
            ? new ResourceLinks(resource, Response)
            : null;
        Template = new PathTemplate(path, Request);
        _pathParameters = [.. Template.Parameters];
        _pathConstants = [.. Template.Constants];
        var inPath = _pathParameters.Select(p => p.Field.Field).Concat(_pathConstants.Select(p => p.Field.Field)).ToHashSet();
        QueryFields = TakesBody
            ? []
            :
            [
                .. Request.Fields
                    .Where(field => field is { IsList: false, Type: FieldType.String or FieldType.Int32 or FieldType.Bool })
                    .Where(field => !inPath.Contains(field)),
            ];
        _queryParameters = QueryFields
            .SelectMany(NamesOf, (field, name) => (field, name))
            .ToFrozenDictionary(pair => pair.name, pair => pair.field, StringComparer.OrdinalIgnoreCase);
        _elsewhere = (TakesWholeBody ? Request.Fields : []).SelectMany(NamesOf).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _isQueryClosed = method.GetOptions()?.GetExtension(OptionsExtensions.ClosedQuery) is true;
        MistakenBody = IsAgent || method.GetOptions()?.GetExtension(OptionsExtensions.MistakenBody) is not { Length: > 0 } mistaken
            ? null
            : MessageSchema.Of(method.File.Dependencies.SelectMany(file => file.MessageTypes).Single(type => type.Name == mistaken));
        Names = new RequestNames(this);
        ReadableTypes = method.GetOptions()?.GetExtension(OptionsExtensions.PlainBody) is true
            ? MediaTypes.ReadablePlainly
            : TakesPatch ? MediaTypes.ReadablePatches : MediaTypes.Readable;
    }

    /// <summary>The operation itself.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The HTTP method.</summary>
    public string Verb { get; }

    /// <summary>The path.</summary>
    public PathTemplate Template { get; }

    /// <summary>
    /// The fields that query parameters set. None if there is a body: then the body has all fields except those of the path.
    /// </summary>
    public FieldSchema[] QueryFields { get; }

    /// <summary>The names of the request's fields for callers of this operation.</summary>
    public RequestNames Names { get; }

    /// <summary>The request message's schema.</summary>
    public MessageSchema Request { get; }

    /// <summary>The response message's schema.</summary>
    public MessageSchema Response { get; }

    /// <summary>Whether this is a route of an agent.</summary>
    public bool IsAgent { get; }

    /// <summary>Whether the operation changes nothing.</summary>
    public bool IsRead { get; }

    /// <summary>Whether the response is a blank message where a read of an agent finds nothing, instead of null.</summary>
    public bool AnswersBlank { get; }

    /// <summary>Whether responses have secrets. Caches must not store such responses.</summary>
    public bool IsSecret { get; }

    /// <summary>The fields of the response that are URLs.</summary>
    public FieldSchema[] UrlFields { get; }

    /// <summary>Creates the links of the response; null if it has no links.</summary>
    public ResourceLinks? Links { get; }

    /// <summary>Whether the operation has the query parameter `$select`: all operations of agents, and all with links.</summary>
    public bool TakesSelect => IsAgent || Links is not null;

    /// <summary>Whether the operation supports If-Unmodified-Since.</summary>
    public bool TakesUnmodifiedSince => !IsAgent && Verb != HttpMethods.Post && Request.UnmodifiedSince is not null;

    /// <summary>Whether a successful response has no body (204).</summary>
    public bool IsVoid { get; }

    /// <summary>Whether the request has a body.</summary>
    public bool TakesBody => TakesWholeBody || BodyField is not null;

    /// <summary>Whether the body is the request message itself.</summary>
    public bool TakesWholeBody { get; }

    /// <summary>Whether the body is a patch.</summary>
    public bool TakesPatch => BodyField?.IsPatch ?? false;

    /// <summary>The content types that the body may have, the default first.</summary>
    public string[] ReadableTypes { get; }

    /// <summary>See <see cref="UnknownProperties.RequireOwn"/>.</summary>
    public MessageSchema? MistakenBody { get; }

    /// <summary>The field of the request that the body fills; null if the body is the whole request, or there is no body.</summary>
    public FieldSchema? BodyField { get; }

    /// <summary>The field for a patch of the object that is otherwise in the body; null if the operation takes no patch.</summary>
    public FieldSchema? ChangesField { get; }

    /// <summary>A request message of the same service with a patch field. It parses patches for requests without such a field.</summary>
    public MessageSchema? PatchRequest { get; }

    /// <summary>The field with the format of the response; null if only the header Accept decides.</summary>
    public FieldSchema? FormatField { get; }

    /// <summary>The field whose value is the response body; null if the whole message is the body.</summary>
    public FieldSchema? ResponseField { get; }

    /// <summary>Fills the request from the query and the path. The path wins: it is read last.</summary>
    public void ReadPathAndQuery(HttpContext context, IMessage request)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (_queryParameters.TryGetValue(name, out var field))
            {
                field.Accessor.SetValue(request, values is [{ } one] ? Parse(field, one, field.QueryName) : throw TextValues.Invalid(
                    name, Texts.Of($"is given more than once.")));
            }
            else if (_elsewhere.Contains(name))
            {
                throw TextValues.Invalid(name, Texts.Of($"must be in the body, not in the query."));
            }
            else if (_isQueryClosed)
            {
                var names = string.Join(", ", QueryFields.Select(taken => taken.QueryName));
                throw TextValues.Invalid(name, Texts.Of($"is not a parameter of this operation; the parameters are {names}."));
            }
        }

        foreach (var (field, value) in _pathConstants)
        {
            field.Set(request, value);
        }

        if (_pathParameters.Length == 0)
        {
            return;
        }

        var path = RawPath.Segments(context);
        if (path.Length > Template.Length && path[^1].Length == 0)
        {
            path = path[..^1];
        }

        if (path.Length != Template.Length)
        {
            throw Failure.Malformed(Texts.Of($"The path has other segments than this operation; write a / within a name as %2F."));
        }

        if (_agentPath is not null && Verb == HttpMethods.Delete && path[^1].Length == 0)
        {
            throw TextValues.Invalid(
                _pathParameters[^1].Field.Field.PathName,
                Texts.Of($"is blank at the end of the path; to delete by a blank value, call POST {_agentPath}."));
        }

        foreach (var (segment, field) in _pathParameters)
        {
            var name = field.Field.PathName;
            field.Set(request, Parse(field.Field, PercentEncoding.Decode(path[segment], name), name));
        }
    }

    /// <summary>Parses a path or query parameter.</summary>
    /// <exception cref="Failure">400: the text is invalid for the type of the field, or blank and the field is not a string.</exception>
    private static object Parse(FieldSchema field, string text, string name) =>
        TextValues.ParseText(field, text, name, null) ?? throw TextValues.Invalid(name, Texts.Of($"must not be blank."));

    private static IEnumerable<string> NamesOf(FieldSchema field) =>
        new[] { field.JsonName, field.QueryName }.Distinct(StringComparer.OrdinalIgnoreCase);

    private static NotSupportedException Unknown(string field, MessageDescriptor message) =>
        new($"An HTTP rule names '{field}', which is no field of {message.FullName}.");
}
