namespace ForeignGrpc.Server.Security;

/// <summary>A password that is being checked. The attempt counts as wrong only after <see cref="Fail"/>.</summary>
/// <param name="rank">The number of earlier attempts from the address in the last minute; below 0 for an address from which the user has
/// logged in.</param>
/// <param name="remember">Notes that the user has logged in from the address.</param>
/// <param name="windows">The windows in which the attempt counts.</param>
internal sealed class PasswordAttempt(int rank, Action remember, params AttemptWindow[] windows) : IDisposable
{
    private bool _isWrong;

    /// <summary>The rank of the attempt. Lower ranks are checked first.</summary>
    public int Rank => rank;

    public void Succeed() => remember();

    public void Fail() => _isWrong = true;

    public void Dispose() => Array.ForEach(windows, window => window.End(_isWrong));
}
