using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindUser(session, name), cancellationToken);

    public Task AddUserAsync(User user, CancellationToken cancellationToken) =>
        _writer.WriteAsync(session => AddUser(session, user), cancellationToken);

    private static User? FindUser(SqliteSession session, string name)
    {
        using var row = session.Prepared(SqliteSql.FindUser).Query(("@name", name));
        return row.Read()
            ? new User(row.GetString(0), row.GetString(1), (UserRole)row.GetInt32(2), row.GetString(3), row.GetBoolean(4))
            : null;
    }

    private static int AddUser(SqliteWriteSession session, User user) => SqliteErrors.Unique(
        $"There is a user '{user.Name}' already.",
        () => session.Prepared(SqliteSql.AddUser).Execute(
            ("@name", user.Name),
            ("@full_name", user.FullName),
            ("@role", (int)user.Role),
            ("@password_hash", user.PasswordHash),
            ("@development_only", user.DevelopmentOnly)));
}
