namespace ForeignGrpc.Server.Security;

/// <summary>A password that is being checked. Until it is said to be wrong, it ends as if it had not been.</summary>
/// <param name="rank">How many attempts of the last minute its address had before; below 0 when the address is known as the user's.</param>
/// <param name="remember">Remembers the address as the user's.</param>
/// <param name="windows">Where it counts.</param>
internal sealed class PasswordAttempt(int rank, Action remember, params AttemptWindow[] windows) : IDisposable
{
    private bool _isWrong;

    /// <summary>Who waits for a turn goes before those of a higher rank.</summary>
    public int Rank => rank;

    public void Succeed() => remember();

    public void Fail() => _isWrong = true;

    public void Dispose() => Array.ForEach(windows, window => window.End(_isWrong));
}
