using ForeignGrpc.Server.Settings;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Validates `Cors:Origins`: each origin must have the format in which browsers send `Origin`. Any other text would match no origin or
/// every origin.
/// </summary>
internal sealed class CorsOrigins : IValidateOptions<CorsSettings>
{
    public ValidateOptionsResult Validate(string? name, CorsSettings options)
    {
        var wrong = options.Origins
            .Select((origin, index) => Wrong(origin) is { } why ? $"Cors:Origins:{index} is '{origin}'. {why}" : null)
            .OfType<string>().ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string? Wrong(string origin)
    {
        const string Right =
            "Write each origin as scheme and host, with its port if that is not the default, such as 'https://app.example.com'";
        if (!Uri.TryCreate(origin.Trim(), UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.Host.Contains('*', StringComparison.Ordinal))
        {
            return $"{Right}; callers send credentials, so neither every origin nor pages without one can be allowed.";
        }

        var right = address.GetLeftPart(UriPartial.Authority);
        return origin.Equals(right, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"An origin has no path, no slash at its end and no default port: write '{right}'.";
    }
}
