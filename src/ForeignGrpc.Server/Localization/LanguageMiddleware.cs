namespace ForeignGrpc.Server.Localization;

/// <summary>Finds out the language of each call. Outermost, so that errors are in that language too.</summary>
internal sealed class LanguageMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (CallLanguage.Choose(context.Request) is { } language)
        {
            context.Features.Set(language);
        }

        return next(context);
    }
}
