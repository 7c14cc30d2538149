using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>Changes users so that it holds everywhere when it is said to be done.</summary>
internal sealed class UserChanges(IUserStore users)
{
    /// <summary>Changes a user, and waits until no running server acts on what was before.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: there is no user of that name.</exception>
    public async Task<User> ChangeAsync(string name, UserChange change, CancellationToken cancellationToken)
    {
        var user = await users.ChangeUserAsync(name, change, cancellationToken);
        await Lease.EndedEverywhereAsync();
        return user;
    }
}
