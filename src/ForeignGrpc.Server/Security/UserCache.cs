using ForeignGrpc.Store;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// A cache of users. <see cref="Lease"/> limits the age of its entries. Names without a user are not cached.
/// </summary>
internal sealed class UserCache(IUserStore users, IHostEnvironment environment)
{
    private readonly BoundedCache<string, User> _users = Lease.NewCache<string, User>();
    private readonly Func<string, ValueTask<User?>> _read = name => users.FindUserAsync(name, CancellationToken.None);

    private readonly BoundedCache<string, ILookup<string, User>> _all = Lease.NewCache<string, ILookup<string, User>>();
    private readonly Func<string, ValueTask<ILookup<string, User>?>> _readAll = async _ =>
        (await users.ListUsersAsync(CancellationToken.None)).ToLookup(user => user.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The user with the name; null if the user does not exist or may not authenticate.</summary>
    public async ValueTask<User?> FindAsync(string name) => await FindAnyAsync(name) is { } user && Counts(user) ? user : null;

    /// <summary>
    /// Whether a user with the name exists, enabled or not. Here alone names compare without case: another server may take them so.
    /// </summary>
    public async ValueTask<bool> HasAsync(string name) => (await UsersOfNameAsync(name)).Any();

    /// <summary>Whether users with the name exist, compared without case, and one of them may not authenticate.</summary>
    public async ValueTask<bool> ShutsOutAsync(string name) => !(await UsersOfNameAsync(name)).All(Counts);

    /// <summary>Whether a user with the name exists and may not authenticate.</summary>
    public async ValueTask<bool> IsShutOutAsync(string name) => await FindAnyAsync(name) is { } user && !Counts(user);

    /// <summary>
    /// Whether the user may authenticate. Disabled users may not, and the user for Development may not outside Development.
    /// </summary>
    public bool Counts(User user) => !user.Disabled && (!user.DevelopmentOnly || environment.IsDevelopment());

    private async ValueTask<IEnumerable<User>> UsersOfNameAsync(string name) => (await _all.GetOrReadAsync("", _readAll))![name];

    private ValueTask<User?> FindAnyAsync(string name) =>
        name.Length <= UserRules.LongestName ? _users.GetOrReadAsync(name, _read) : default;
}
