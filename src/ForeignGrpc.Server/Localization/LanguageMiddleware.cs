namespace ForeignGrpc.Server.Localization;

/// <summary>Chooses the language of each call. Runs early, so that errors are in this language too.</summary>
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
