using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Adds the user of the documented sample request, in Development only; elsewhere it is not honoured even if it is there.
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
                // Another server on this database started at the same time.
            }
        }
    }
}
