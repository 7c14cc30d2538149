using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest.Formats;
using Google.Protobuf;
using Grpc.Core;

namespace ForeignGrpc.Server.Rest;

/// <summary>Handles calls of a REST endpoint: reads the request message, calls the operation, renders the response message.</summary>
/// <param name="operation">How the endpoint maps HTTP to messages.</param>
/// <param name="call">Calls the operation.</param>
internal sealed class RestHandler(RestOperation operation, Func<IMessage, HttpContext, Task<IMessage>> call)
{
    /// <summary>Headers with which some clients override the method.</summary>
    private static readonly string[] Overrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (Array.Find(Overrides, context.Request.Headers.ContainsKey) is { } header)
        {
            throw TextValues.Invalid(header, Texts.Of($"is not supported; send the request with that method instead."));
        }

        var conventions = ReadConventions(context);
        var mediaType = MediaTypes.OfFormat(operation.FormatField is { } format ? context.Request.Query[format.QueryName] : "")
            ?? MediaTypes.Negotiate(context.Request.Headers.Accept);
        var request = operation.Request.NewMessage();
        try
        {
            await (await CallAsync(context, request, conventions) is { } response
                ? AnswerAsync(context, response, mediaType, conventions)
                : RestResponses.WriteNothingAsync(context, mediaType, operation.Response, operation.ResponseField));
        }
        catch (Failure failure) when (failure.Violations.Count > 0)
        {
            throw failure.WithNames(field => operation.Names.Of(field, request));
        }
    }

    /// <summary>Fills the request and calls the operation. Null if a read of an agent finds nothing.</summary>
    private async Task<IMessage?> CallAsync(HttpContext context, IMessage request, Conventions conventions)
    {
        if (operation.TakesBody || operation.MistakenBody is not null)
        {
            await RequestBody.ReadAsync(context, operation, request, conventions.Zone);
        }

        operation.ReadPathAndQuery(context, request);
        if (operation.TakesUnmodifiedSince)
        {
            ConditionalRequests.ReadUnmodifiedSince(context.Request, request, operation.Request);
        }

        try
        {
            return await call(request, context);
        }
        catch (Failure failure) when (failure.Code == StatusCode.NotFound && operation is { IsAgent: true, IsRead: true })
        {
            return operation.AnswersBlank ? operation.Response.NewMessage() : null;
        }
    }

    private Task AnswerAsync(HttpContext context, IMessage response, string mediaType, Conventions conventions)
    {
        if (operation.IsVoid)
        {
            return AnswerEmpty(context, StatusCodes.Status204NoContent);
        }

        if (operation.Verb == HttpMethods.Get && ConditionalRequests.LastModified(response, operation.ResponseField) is { } lastModified)
        {
            context.Response.GetTypedHeaders().LastModified = lastModified;
            if (operation.Links is not null && ConditionalRequests.IsUnmodified(context.Request, lastModified))
            {
                return AnswerEmpty(context, StatusCodes.Status304NotModified);
            }
        }

        AbsoluteUrls.Complete(operation.UrlFields, response, context.Request);
        var selected = operation.TakesSelect ? ResponseShape.ParseSelect(context.Request.Query[ResponseShape.SelectQuery]) : null;
        var shape = new ResponseShape(selected, operation.Links?.Of(response, context.Request));
        return RestResponses.WriteAsync(context, StatusCodes.Status200OK, mediaType, response, operation.ResponseField, shape, conventions);
    }

    /// <summary>
    /// Reads the conventions of the call. They become a feature of the call, for operations that write dates into texts.
    /// </summary>
    private static Conventions ReadConventions(HttpContext context)
    {
        var headers = context.Request.Headers;
        var conventions = Conventions.TryRead(context.Request)
            ?? throw NoTimeZone(TextValues.Quote(headers[Conventions.TimeZoneHeader].ToString()));
        context.Features.Set(conventions);
        if (headers.ContainsKey(Conventions.TimeZoneHeader))
        {
            context.Response.Headers[Conventions.TimeZoneHeader] = conventions.Zone?.Id ?? "UTC";
        }

        return conventions;
    }

    private static Task AnswerEmpty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        RestResponses.SetCacheControl(context);
        return Task.CompletedTask;
    }

    private static Failure NoTimeZone(string given) => TextValues.Invalid(Conventions.TimeZoneHeader, Texts.Of(
        $"must be a time zone, but is {given}; use a code (US-NY), number (460), country with one zone (DE) or IANA name (Europe/Oslo)."));
}
