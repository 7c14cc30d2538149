using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Adds the user of the documented sample request. Only for Development: elsewhere this user cannot authenticate.
/// </summary>
internal sealed class DevelopmentUser(IUserStore users, Passwords passwords)
{
    public async Task AddIfMissingAsync()
    {
        if (await users.FindUserAsync("tje0", CancellationToken.None) is null)
        {
            var user = new User("tje0", "Terje Development", UserRole.Admin, passwords.Hash("Tje0"), DevelopmentOnly: true);
            try
            {
                await users.AddUserAsync(user, CancellationToken.None);
            }
            catch (StoreException e) when (e.Error == StoreError.AlreadyExists)
            {
                // Another server with the same database has added the user.
            }
        }
    }
}
