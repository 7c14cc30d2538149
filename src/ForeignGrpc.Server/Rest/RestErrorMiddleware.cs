using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest.Formats;
using Grpc.Core;

namespace ForeignGrpc.Server.Rest;

/// <summary>Gives every REST error the documented body: those that are thrown, and those that the framework leaves blank.</summary>
internal sealed partial class RestErrorMiddleware(RequestDelegate next, RestRoutes templates, ILogger<RestErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Request.IsGrpc() && Blank(context) is { } error)
            {
                await RestResponses.WriteErrorAsync(context, error);
            }
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            context.Response.Clear();
            await RestResponses.WriteErrorAsync(context, ToRest(e));
        }
    }

    private RestException? Blank(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength is not null)
        {
            return null;
        }

        var (verb, path) = (context.Request.Method, context.Request.Path);
        return response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => new(response.StatusCode, Texts.Of($"No valid credential was given; WWW-Authenticate names the schemes.")),
            StatusCodes.Status403Forbidden => new(response.StatusCode, Texts.Of($"Your role does not allow this operation.")),
            StatusCodes.Status404NotFound when templates.Explain(verb, RestPathMiddleware.Segments(path)) is { } why => new(StatusCodes.Status400BadRequest, why),
            StatusCodes.Status404NotFound => new(response.StatusCode, Texts.Of($"There is no operation {verb} {Excerpt.Of(path.ToUriComponent())}.")),
            StatusCodes.Status405MethodNotAllowed => new(response.StatusCode, Texts.Of($"{verb} is not possible here; Allow names what is.")),
            var status => new(status, Texts.Of($"The call was refused with status {status}.")),
        };
    }

    private RestException ToRest(Exception e)
    {
        switch (e)
        {
            case RestException known:
                return known;
            case RpcException failure:
                return RestFailures.ToRest(failure);
            case BadHttpRequestException bad:
                return new RestException(bad.StatusCode, Texts.Of($"The request is malformed."));
            default:
                LogUnforeseen(e);
                return new RestException(
                    StatusCodes.Status500InternalServerError, Texts.Of($"Something went wrong in the server; its log has more under this TraceId."));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A REST call failed in an unforeseen way.")]
    private partial void LogUnforeseen(Exception e);
}
