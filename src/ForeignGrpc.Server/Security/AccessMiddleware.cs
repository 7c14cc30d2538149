using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Finds out who calls, by the enabled scheme that the call's credential is of; without one nobody does.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, IOptions<AuthOptions> options)
{
    private readonly AuthOptions _options = options.Value;

    public async Task InvokeAsync(HttpContext context)
    {
        if (SchemeOf(context.Request) is { } scheme && (await context.AuthenticateAsync(scheme)).Principal is { } caller)
        {
            context.User = caller;
        }

        await next(context);
    }

    private string? SchemeOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return _options.Session ? SessionHandler.SchemeName : null;
        }

        return Names(BasicHandler.SchemeName) && _options.Basic ? BasicHandler.SchemeName
            : Names(TicketHandler.SchemeName) && _options.SoTicket ? TicketHandler.SchemeName
            : Names(BearerScheme.SchemeName) && _options.Bearer.IsEnabled ? BearerScheme.SchemeName
            : null;

        bool Names(string scheme) => header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header.AsSpan(scheme.Length) is [] or [' ', ..];
    }
}
