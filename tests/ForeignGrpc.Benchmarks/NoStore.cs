using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Benchmarks;

/// <summary>Saves nothing and finds every key; knows the users that are added. For what the benchmarks call, no more.</summary>
internal sealed class NoStore : IForeignSystemStore
{
    private readonly Dictionary<string, User> _users = [];

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken) => new(_users.GetValueOrDefault(name));

    public Task AddUserAsync(User user, CancellationToken cancellationToken)
    {
        _users[user.Name] = user;
        return Task.CompletedTask;
    }

    public Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, Author author, CancellationToken cancellationToken) =>
        Task.FromResult(Key(address, value, author));

    public ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken) =>
        new(Key(address, "v", new Author("by")));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task<StoredKey> ChangeKeyAsync(
        KeyAddress address, Func<StoredKey?, string> change, Author author, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<User>> ListUsersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<User> ChangeUserAsync(string name, UserChange change, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoredApp> SaveAppAsync(AppSave app, Author author, Precondition precondition, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredApp> ChangeAppAsync(
        int id,
        Func<StoredApp, ValueTask<AppSave?>> change,
        Author author,
        Precondition precondition,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredDevice?> FindDeviceAsync(int id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredDevice?> FindDeviceAsync(DeviceAddress address, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredDevice> SaveDeviceAsync(
        DeviceAddress address, string? newName, string? newIdentifier, Author author, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredDevice> SaveDeviceAsync(string application, DeviceSave device, Author author, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteDeviceAsync(DeviceAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeleteDeviceAsync(string application, int id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredKey?> FindKeyByValueAsync(
        DeviceAddress device, string name, string table, string value, string caller, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<IReadOnlyList<StoredKey>> ListKeysAsync(KeyQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<(DeviceAddress Device, StoredKey Key)>> ListKeysOnRecordAsync(
        RecordRef record, string caller, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<KeyRow>> ListRowsAsync(KeyRowQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> CountRowsAsync(ListFilter? filter, string caller, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<StoredTicket?> AddTicketAsync(NewTicket ticket, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredTicket?> FindTicketAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task ExtendTicketAsync(int id, DateTimeOffset expires, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredTicket>> ListTicketsAsync(string user, int atMost, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> DeleteTicketAsync(string user, int id, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static StoredKey Key(KeyAddress address, string value, Author author)
    {
        var now = new AuditStamp(DateTimeOffset.UtcNow, author);
        return new StoredKey(address.Name, value, address.Record, now, now);
    }
}
