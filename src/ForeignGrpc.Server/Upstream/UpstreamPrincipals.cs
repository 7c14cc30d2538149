using System.Net;
using System.Text.Json;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Security;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Upstream;

/// <summary>Asks the upstream server whom a credential authenticates: `GET api/v1/User/currentPrincipal`.</summary>
internal sealed class UpstreamPrincipals(UpstreamClient upstream, UpstreamHealth health, Loops loops, IOptions<UpstreamOptions> options)
{
    private const string Path = "/api/v1/User/currentPrincipal";

    /// <summary>The longest response that is read, in bytes.</summary>
    private const int Longest = 1_048_576;

    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.AuthenticateSeconds);

    /// <summary>
    /// Asks. Null if the upstream server does not accept the credential, or names its owner by no name that a user could have.
    /// </summary>
    /// <param name="credential">The credential.</param>
    /// <exception cref="Failure">The upstream server cannot be reached, or does not answer the question.</exception>
    public async Task<UpstreamPrincipal?> FindAsync(UpstreamCredential credential)
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, UpstreamClient.Exactly(upstream.Root + Path));
            request.Headers.TryAddWithoutValidation(HeaderNames.Authorization, credential.Authorization);
            request.Headers.TryAddWithoutValidation(HeaderNames.Accept, "application/json");
            request.Headers.TryAddWithoutValidation(HeaderNames.Via, loops.Via);
            if (credential.AppToken.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(AppTokens.Header, credential.AppToken);
            }

            using var response = await upstream.Http.SendAsync(request, limit.Token);
            var principal = await ReadAsync(response, limit.Token);
            health.NoteResponse();
            return principal;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            if (UpstreamFailures.IsAway(e))
            {
                health.NoteFailure(UpstreamFailures.Describe(e));
            }
            else
            {
                health.NoteNoAnswer(UpstreamFailures.Describe(e));
            }

            throw Failure.CredentialNotChecked();
        }
    }

    /// <exception cref="HttpRequestException">The response has neither a principal nor a refusal.</exception>
    private static async Task<UpstreamPrincipal?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return null;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"The question for the caller was answered with status {(int)response.StatusCode}.");
        }

        await response.Content.LoadIntoBufferAsync(Longest, cancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("It is no object.");
        }

        var texts = document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String)
            .DistinctBy(property => property.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(property => property.Name, property => property.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        var name = texts.GetValueOrDefault("UserName", "");
        var fullName = texts.GetValueOrDefault("FullName", "") is { Length: > 0 } given ? given : name;
        return UserRules.MayBeNames(name, fullName)
            ? new UpstreamPrincipal(name, fullName, texts.GetValueOrDefault("RoleName", ""))
            : null;
    }
}
