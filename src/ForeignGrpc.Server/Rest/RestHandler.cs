using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Takes the place of a transcoded endpoint's handler: reads the call into the request message, has the transcoder run the
/// operation, and answers in its stead.
/// </summary>
internal sealed class RestHandler(RestOperation operation, RequestDelegate transcoder)
{
    private static readonly byte[] EmptyObject = [.. "{}"u8];

    public async Task InvokeAsync(HttpContext context)
    {
        var mediaType = MediaTypes.Negotiate(context.Request.Headers.Accept);
        var request = operation.Request.NewMessage();
        if (operation.TakesBody)
        {
            await RequestBody.ReadAsync(context, operation, request);
        }

        operation.ReadPathAndQuery(context, request);
        var exchange = new RestExchange(request);
        await RunAsync(context, exchange);
        await AnswerAsync(context, exchange, mediaType);
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
        context.Request.Body = new MemoryStream(EmptyObject, writable: false);
        try
        {
            await transcoder(context);
        }
        finally
        {
            context.Features.Set(body);
        }
    }

    private Task AnswerAsync(HttpContext context, RestExchange exchange, string mediaType)
    {
        switch (exchange)
        {
            case { Failure: RpcException { StatusCode: StatusCode.NotFound } } when operation.IsAgent:
                return RestResponses.WriteNothingAsync(context, mediaType, operation.ResponseField?.Descriptor.IsRepeated ?? false);
            case { Failure: RpcException failure }:
                throw RestFailures.ToRest(failure, operation.Request);
            case { Failure: { } failure }:
                throw new InvalidOperationException("The operation failed in an unforeseen way.", failure);
            case { Response: { } response } when !operation.IsVoid:
                return RestResponses.WriteAsync(context, StatusCodes.Status200OK, mediaType, response, operation.ResponseField);
            case { Response: not null }:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                context.Response.ContentType = null;
                return Task.CompletedTask;
            default:
                throw new InvalidOperationException("The transcoder answered without running the operation.");
        }
    }
}
