using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>A call in flight of an authenticated caller, which ends when the caller has lost the right to it.</summary>
/// <param name="http">The call.</param>
/// <param name="caller">Who makes it.</param>
/// <param name="role">The role that it takes; null where every caller may make it.</param>
/// <param name="isStream">Whether it answers with a stream.</param>
/// <param name="cancellationToken">The call's own.</param>
internal sealed class AuthorizedCall(HttpContext http, Caller caller, UserRole? role, bool isStream, CancellationToken cancellationToken)
    : IDisposable
{
    /// <summary>For so many checks a stream may still end by itself: a cancelled write would reset it without a status.</summary>
    private const int Grace = 3;

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private volatile Failure? _loss;
    private int _checksSinceLoss;
    private bool _hasEnded;

    /// <summary>Cancelled when the caller gives up, or has lost the right.</summary>
    public CancellationToken CancellationToken => _end.Token;

    /// <summary>Why the call must end; null while the caller has the right to it.</summary>
    public Failure? Loss => _loss;

    /// <summary>Authorizes the call again; returns the caller as authenticated now.</summary>
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
    /// Authorizes the call again, and ends it when that fails: it stops waiting; a stream before its next message; whatever waits for its
    /// caller is reset.
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
            // Said to the caller by the operation's end.
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

    /// <summary>Unless the call has ended: the server uses its context again.</summary>
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
