using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest.Formats;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Takes the place of a transcoded endpoint's handler: reads the call into the request message, has the transcoder run the
/// operation, and answers in its stead.
/// </summary>
internal sealed class RestHandler(RestOperation operation, RequestDelegate transcoder)
{
    /// <summary>What the transcoder gets to parse.</summary>
    private readonly byte[] _emptyBody = [.. operation.BodyField is { IsList: true } ? "[]"u8 : "{}"u8];

    public async Task InvokeAsync(HttpContext context)
    {
        var conventions = ReadConventions(context);
        var mediaType = MediaTypes.OfFormat(operation.FormatField is { } format ? context.Request.Query[format.QueryName] : "")
            ?? MediaTypes.Negotiate(context.Request.Headers.Accept);
        var request = operation.Request.NewMessage();
        if (operation.TakesBody || operation.MistakenBody is not null)
        {
            await RequestBody.ReadAsync(context, operation, request, conventions.Zone);
        }

        operation.ReadPathAndQuery(context, request);
        if (operation.TakesUnmodifiedSince)
        {
            ConditionalRequests.ReadUnmodifiedSince(context.Request, request, operation.Request);
        }

        var query = context.Request.Query;
        var exchange = new RestExchange(request);
        await RunAsync(context, exchange);
        await AnswerAsync(context, exchange, mediaType, query, conventions);
    }

    /// <summary>Runs the transcoder on a call that has nothing left to parse, and throws away what it writes.</summary>
    private async Task RunAsync(HttpContext context, RestExchange exchange)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        context.Features.Set(exchange);
        context.Request.Query = QueryCollection.Empty;
        context.Request.RouteValues = [];
        context.Request.ContentType = MediaTypes.Json;
        context.Request.Body = new MemoryStream(_emptyBody, writable: false);
        try
        {
            await transcoder(context);
        }
        finally
        {
            context.Features.Set(body);
        }
    }

    private Task AnswerAsync(
        HttpContext context, RestExchange exchange, string mediaType, IQueryCollection query, Conventions conventions)
    {
        switch (exchange)
        {
            case { Failure: RpcException { StatusCode: StatusCode.NotFound } } when operation is { IsAgent: true, IsRead: true }:
                return RestResponses.WriteNothingAsync(context, mediaType, operation.Response, operation.ResponseField);
            case { Failure: RpcException failure }:
                throw RestFailures.ToRest(failure, operation.Request);
            case { Failure: { } failure }:
                throw new InvalidOperationException("The operation failed in an unforeseen way.", failure);
            case { Response: not null } when operation.IsVoid:
                return AnswerEmpty(context, StatusCodes.Status204NoContent);
            case { Response: { } response }:
                exchange.Response = null;
                return AnswerAsync(context, response, mediaType, query, conventions);
            default:
                throw new InvalidOperationException("The transcoder answered without running the operation.");
        }
    }

    private Task AnswerAsync(HttpContext context, IMessage response, string mediaType, IQueryCollection query, Conventions conventions)
    {
        if (operation.Verb == HttpMethods.Get && ConditionalRequests.LastModified(response, operation.ResponseField) is { } lastModified)
        {
            context.Response.GetTypedHeaders().LastModified = lastModified;
            if (operation.Links is not null && ConditionalRequests.IsUnmodified(context.Request, lastModified))
            {
                return AnswerEmpty(context, StatusCodes.Status304NotModified);
            }
        }

        AbsoluteUrls.Complete(operation.UrlFields, response, context.Request, query);
        var selected = operation.TakesSelect ? ResponseShape.ParseSelect(query[ResponseShape.SelectQuery]) : null;
        var shape = new ResponseShape(selected, operation.Links?.Of(response, context.Request));
        return RestResponses.WriteAsync(context, StatusCodes.Status200OK, mediaType, response, operation.ResponseField, shape, conventions);
    }

    /// <summary>How the call wants dates and texts; operations that write dates into texts find it among the call's features.</summary>
    private static Conventions ReadConventions(HttpContext context)
    {
        var headers = context.Request.Headers;
        var conventions = Conventions.TryRead(context.Request) ?? throw TextValues.Invalid(
            Conventions.TimeZoneHeader, Texts.Of($"must be a documented code, the code of a country with one zone, or an IANA name, but is {TextValues.Quote(headers[Conventions.TimeZoneHeader].ToString())}."));
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
        context.Response.ContentType = null;
        RestResponses.SetCacheControl(context);
        return Task.CompletedTask;
    }
}
