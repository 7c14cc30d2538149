using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Stores the users of the service. Every method may throw <see cref="StoreException"/>.</summary>
public interface IUserStore
{
    /// <summary>Finds a user by login name, compared exactly; null when there is none.</summary>
    ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lists all users by name.</summary>
    ValueTask<IReadOnlyList<User>> ListUsersAsync(CancellationToken cancellationToken);

    /// <summary>Adds a user.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>: another user has the name.</exception>
    Task AddUserAsync(User user, CancellationToken cancellationToken);

    /// <summary>Changes a user, and deletes the tickets that the change ends, in one transaction.</summary>
    /// <returns>The user as stored.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.NotFound"/>: there is no user of that name.</exception>
    Task<User> ChangeUserAsync(string name, UserChange change, CancellationToken cancellationToken);
}
