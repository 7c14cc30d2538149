using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>The users whose credentials count; see <see cref="Leased{T}"/> for how changes become known.</summary>
internal sealed class KnownUsers(IUserStore users, IHostEnvironment environment)
{
    private readonly Leased<User?> _users = new(name => users.FindUserAsync(name, CancellationToken.None));

    /// <summary>The user of that name; null when there is none, or one who may not come in.</summary>
    public async ValueTask<User?> FindAsync(string name) => await _users.FindAsync(name) is { } user && MayComeIn(user) ? user : null;

    /// <summary>Whether the service knows the user as one who may not come in.</summary>
    public async ValueTask<bool> IsShutOutAsync(string name) => await _users.FindAsync(name) is { } user && !MayComeIn(user);

    public bool MayComeIn(User user) => !user.Disabled && (!user.DevelopmentOnly || environment.IsDevelopment());
}
