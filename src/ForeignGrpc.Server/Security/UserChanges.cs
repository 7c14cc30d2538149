using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>Changes users. A change holds on every server when the method returns.</summary>
internal sealed class UserChanges(IUserStore users)
{
    /// <summary>Changes a user and waits until no running server uses the old state.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: the user does not exist.</exception>
    public async Task<User> ChangeAsync(string name, UserChange change, CancellationToken cancellationToken)
    {
        var user = await users.ChangeUserAsync(name, change, cancellationToken);
        await Lease.EndedEverywhereAsync();
        return user;
    }
}
