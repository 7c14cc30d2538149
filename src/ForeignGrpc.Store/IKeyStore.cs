using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Saves, reads and deletes keys. Every method may throw <see cref="StoreException"/>.</summary>
public interface IKeyStore
{
    /// <summary>Creates the key or updates its value, and its application and device where they are missing, in one transaction.</summary>
    /// <param name="address">What identifies the key; the device's identifier is not null.</param>
    /// <param name="value">The value to store, whole.</param>
    /// <param name="author">Who saves.</param>
    /// <param name="cancellationToken">Withdraws the save while it waits in the queue; once begun it is carried out.</param>
    /// <returns>The key as stored, after it is durable.</returns>
    Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, Author author, CancellationToken cancellationToken);

    /// <summary>Saves a key with the value that it gets by what it is now: reads it, computes, and saves in one transaction if the key is
    /// still the same; else again. Creates it as <see cref="SaveKeyAsync"/> does.</summary>
    /// <param name="address">What identifies the key; the device's identifier is not null.</param>
    /// <param name="change">The value to store, by the key as it is stored; null when there is none yet. The value that it has saves
    /// nothing. It may run more than once and does nothing else. What it throws reaches the caller; nothing is changed then.</param>
    /// <param name="author">Who saves.</param>
    /// <param name="cancellationToken">Withdraws the change while it waits in the queue.</param>
    Task<StoredKey> ChangeKeyAsync(KeyAddress address, Func<StoredKey?, string> change, Author author, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a key; with a null identifier on any device of the name, where the oldest key wins. Sees every acknowledged write.
    /// </summary>
    /// <returns>The key, or null when there is none.</returns>
    ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken);

    /// <summary>Deletes the keys that the filter matches. In one transaction where the device, or its table, has at most 1,000 keys, or the
    /// filter names one record; else in steps that let saves in between, each key at one moment during the call.</summary>
    /// <returns>How many there were; 0 is no error.</returns>
    Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken);

    /// <summary>Finds the oldest key of a name and table that has this value, compared exactly; with a null identifier on any
    /// device of the name. Null when there is none. In the caller's turn where it takes long.</summary>
    ValueTask<StoredKey?> FindKeyByValueAsync(
        DeviceAddress device, string name, string table, string value, string caller, CancellationToken cancellationToken);

    /// <summary>Lists keys in pages: device by device, the oldest first, within each by table, record and name. Each page is read on
    /// its own, so that a long list holds nothing open; a key that is there all the while is delivered once.</summary>
    IAsyncEnumerable<IReadOnlyList<StoredKey>> ListKeysAsync(KeyQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// All keys on a record, with the application and device that they belong to, the oldest first. In the caller's turn where it takes
    /// long.
    /// </summary>
    ValueTask<IReadOnlyList<(string Application, string Device, StoredKey Key)>> ListKeysOnRecordAsync(
        RecordRef record, string caller, CancellationToken cancellationToken);
}
