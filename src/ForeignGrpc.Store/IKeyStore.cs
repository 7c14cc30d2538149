using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Stores keys. Every method may throw <see cref="StoreException"/>.</summary>
public interface IKeyStore
{
    /// <summary>
    /// Creates the key or updates its value, and creates its application and device when they are missing, in one transaction.
    /// </summary>
    /// <param name="address">The names that identify the key; the device's identifier is not null.</param>
    /// <param name="value">The whole value.</param>
    /// <param name="author">The person who saves.</param>
    /// <param name="cancellationToken">Withdraws the save while it waits in the queue. A save that has begun is carried out.</param>
    /// <returns>The key as stored, once it is durable.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.UnknownTable"/>: the table is new, and the settings allow no new
    /// one.</exception>
    Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, Author author, CancellationToken cancellationToken);

    /// <summary>Computes a value from the stored key and saves it as <see cref="SaveKeyAsync"/> does. If others change the key meanwhile,
    /// it reads, computes and saves again, up to 100 times.</summary>
    /// <param name="address">The names that identify the key; the device's identifier is not null.</param>
    /// <param name="change">Computes the value from the stored key, which is null for a new one. An equal value saves nothing. The function
    /// may run more than once, so it must have no side effects. It runs outside the transaction. Its exceptions reach the caller; then
    /// nothing is changed.</param>
    /// <param name="author">The person who saves.</param>
    /// <param name="cancellationToken">Withdraws the change while it waits in the queue.</param>
    /// <exception cref="StoreException">As <see cref="SaveKeyAsync"/>. <see cref="StoreError.Contended"/>: others changed the key each
    /// time.</exception>
    Task<StoredKey> ChangeKeyAsync(KeyAddress address, Func<StoredKey?, string> change, Author author, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a key; null when there is none. A null identifier finds the oldest key on all devices of the name. The read sees every
    /// acknowledged write.
    /// </summary>
    ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the keys that the filter matches. It is one transaction if the filter has one device and names a record, or the table or
    /// device of the filter has at most 1,000 keys. Otherwise it deletes in steps, and saves get in between.
    /// </summary>
    /// <returns>The number of deleted keys; 0 is no error.</returns>
    Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken);

    /// <summary>Finds the oldest key of a name and table with this value, compared exactly; null when there is none. A null identifier
    /// searches all devices of the name. A long search waits for the caller's turn.</summary>
    ValueTask<StoredKey?> FindKeyByValueAsync(
        DeviceAddress device, string name, string table, string value, string caller, CancellationToken cancellationToken);

    /// <summary>Lists keys in pages of at most 1,000 keys: by device, the oldest first, then by table, record and name. Each page is a read
    /// of its own, so a long list holds nothing open. A key that exists during the whole list is delivered once.</summary>
    IAsyncEnumerable<IReadOnlyList<StoredKey>> ListKeysAsync(KeyQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Lists all keys on a record, with their devices, the oldest first. A long list waits for the caller's turn.
    /// </summary>
    ValueTask<IReadOnlyList<(DeviceAddress Device, StoredKey Key)>> ListKeysOnRecordAsync(
        RecordRef record, string caller, CancellationToken cancellationToken);
}
