using ForeignGrpc.Store;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// The users whose credentials count; see <see cref="Lease"/> for how changes become known. Names that no user has are not remembered.
/// </summary>
internal sealed class UserCache(IUserStore users, IHostEnvironment environment)
{
    private readonly BoundedCache<string, User> _users = Lease.NewCache<string, User>();
    private readonly Func<string, ValueTask<User?>> _read = name => users.FindUserAsync(name, CancellationToken.None);

    /// <summary>The user of that name; null when there is none, or one whose credentials do not count.</summary>
    public async ValueTask<User?> FindAsync(string name) => await FindAnyAsync(name) is { } user && Counts(user) ? user : null;

    /// <summary>Whether there is a user of that name whose credentials do not count.</summary>
    public async ValueTask<bool> IsShutOutAsync(string name) => await FindAnyAsync(name) is { } user && !Counts(user);

    /// <summary>
    /// Whether credentials of the user count: not those of a disabled one, nor, outside Development, of one for Development.
    /// </summary>
    public bool Counts(User user) => !user.Disabled && (!user.DevelopmentOnly || environment.IsDevelopment());

    private ValueTask<User?> FindAnyAsync(string name) =>
        name.Length <= UserRules.LongestName ? _users.GetOrReadAsync(name, _read) : default;
}
