using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Keeps the users of the service. Every method may throw <see cref="StoreException"/>.</summary>
public interface IUserStore
{
    /// <summary>Finds a user by login name, compared exactly; null when there is none.</summary>
    ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken);

    /// <summary>Adds a user. <see cref="StoreError.AlreadyExists"/> when the name is taken.</summary>
    Task AddUserAsync(User user, CancellationToken cancellationToken);
}
