using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>A call in flight of an authenticated caller. It ends if the caller loses the right to make it.</summary>
/// <param name="http">The call.</param>
/// <param name="caller">The authenticated caller.</param>
/// <param name="role">The lowest role that may make the call; null if every authenticated caller may.</param>
/// <param name="isStream">Whether the response is a stream.</param>
/// <param name="cancellationToken">Cancelled when the client gives up the call.</param>
internal sealed class AuthorizedCall(HttpContext http, Caller caller, UserRole? role, bool isStream, CancellationToken cancellationToken)
    : IDisposable
{
    /// <summary>
    /// The number of checks during which a stream may still end by itself. A cancelled write would reset the stream without a status.
    /// </summary>
    private const int Grace = 3;

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private volatile Failure? _loss;
    private int _checksSinceLoss;
    private bool _hasEnded;

    /// <summary>Cancelled when the client gives up the call or the caller loses the right to it.</summary>
    public CancellationToken CancellationToken => _end.Token;

    /// <summary>Why the call must end; null while the caller is authorized.</summary>
    public Failure? Loss => _loss;

    /// <summary>Authenticates and authorizes the call again. Returns the caller as of now.</summary>
    /// <exception cref="Failure">UNAUTHENTICATED or PERMISSION_DENIED.</exception>
    public async ValueTask<Caller> AuthorizeAsync()
    {
        var now = await caller.Again();
        if (now is null || (role is { } required && !(now.GrantedRole >= required)))
        {
            _loss = now is null ? Failure.CredentialEnded() : Failure.Forbidden();
            throw _loss;
        }

        return now;
    }

    /// <summary>
    /// Authorizes the call again and ends it if that fails. A unary call is cancelled. A stream ends before its next message; if it waits
    /// too long for its client, it is cancelled and then aborted.
    /// </summary>
    public async ValueTask CheckAsync()
    {
        try
        {
            if (_loss is null)
            {
                await AuthorizeAsync();
                return;
            }
        }
        catch (Failure) when (_loss is not null)
        {
            // AccessInterceptor reports the loss when the operation ends.
        }

        _checksSinceLoss++;
        if (!isStream || _checksSinceLoss > Grace)
        {
            await _end.CancelAsync();
        }

        if (isStream && _checksSinceLoss > 2 * Grace)
        {
            Abort();
        }
    }

    public void Dispose()
    {
        lock (_end)
        {
            _hasEnded = true;
            _end.Dispose();
        }
    }

    /// <summary>Aborts the call unless it has ended. After the end, the server may use the context for another call.</summary>
    private void Abort()
    {
        lock (_end)
        {
            if (!_hasEnded)
            {
                http.Abort();
            }
        }
    }
}
