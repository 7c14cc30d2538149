namespace ForeignGrpc.Server.Localization;

/// <summary>Has the server speak the call's language. Outermost, so that errors do too.</summary>
internal sealed class LanguageMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (CallLanguage.Choose(context.Request) is not { } language)
        {
            return next(context);
        }

        context.Features.Set(language);
        return SpeakAsync(context, language);
    }

    private async Task SpeakAsync(HttpContext context, CallLanguage language)
    {
        Texts.Speak(language);
        await next(context);
    }
}
