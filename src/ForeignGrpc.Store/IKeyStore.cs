using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Saves, reads and deletes keys. Every method may throw <see cref="StoreException"/>.</summary>
public interface IKeyStore
{
    /// <summary>Creates the key or updates its value, and its application and device where they are missing, in one transaction.</summary>
    /// <param name="address">What identifies the key; the device's identifier is not null.</param>
    /// <param name="value">The value to store, whole.</param>
    /// <param name="by">Full name of the user who saves.</param>
    /// <param name="cancellationToken">Withdraws the save while it waits in the queue; once begun it is carried out.</param>
    /// <returns>The key as stored, after it is durable.</returns>
    Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, string by, CancellationToken cancellationToken);

    /// <summary>Finds a key; with a null identifier on any device of the name, where the oldest key wins. Sees every acknowledged write.</summary>
    /// <returns>The key, or null when there is none.</returns>
    ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken);

    /// <summary>Deletes the keys that the filter matches, in one transaction.</summary>
    /// <returns>How many there were; 0 is no error.</returns>
    Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken);
}
