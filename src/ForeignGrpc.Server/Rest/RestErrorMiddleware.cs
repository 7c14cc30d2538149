using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Renders every REST error with the documented body: exceptions, and error responses that the framework leaves without a body.
/// </summary>
internal sealed class RestErrorMiddleware(RequestDelegate next, RestRoutes templates, FailureLog log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Request.IsGrpc() && Blank(context) is var (status, text))
            {
                await RejectAsync(context, status, text);
            }
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            context.Response.Clear();
            await (e is BadHttpRequestException bad
                ? RejectAsync(context, bad.StatusCode, Texts.Of($"The request is malformed."))
                : FailAsync(context, e as Failure ?? Failure.Unforeseen(e)));
        }
    }

    private Task RejectAsync(HttpContext context, int status, Text reason)
    {
        log.Write(context, $"{status}", reason);
        return RestResponses.WriteErrorAsync(context, status, reason.In(CallLanguage.Of(context)));
    }

    private Task FailAsync(HttpContext context, Failure failure)
    {
        log.Write(context, $"{RestFailures.StatusOf(failure)}", failure);
        return RestResponses.WriteFailureAsync(context, failure);
    }

    private (int Status, Text Text)? Blank(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength is not null)
        {
            return null;
        }

        var (verb, path) = (context.Request.Method, context.Request.Path);
        return response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized =>
                (response.StatusCode, Texts.Of($"A valid credential is required; the header WWW-Authenticate lists the schemes.")),
            StatusCodes.Status403Forbidden => (response.StatusCode, Texts.Of($"Your role does not allow this operation.")),
            StatusCodes.Status404NotFound when templates.Explain(verb, RestPathMiddleware.Segments(path)) is { } why =>
                (StatusCodes.Status400BadRequest, why),
            StatusCodes.Status404NotFound =>
                (response.StatusCode, Texts.Of($"There is no operation {verb} {Excerpt.Of(path.ToUriComponent())}.")),
            StatusCodes.Status405MethodNotAllowed => (response.StatusCode, Texts.Of(
                $"{verb} is not allowed here; the header Allow lists the methods that are.")),
            var status => (status, Texts.Of($"The request was rejected with status {status}.")),
        };
    }
}
