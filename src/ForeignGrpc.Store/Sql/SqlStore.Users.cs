using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(session => FindUser(session, name), cancellationToken);

    public ValueTask<IReadOnlyList<User>> ListUsersAsync(CancellationToken cancellationToken) => ReadAsync<IReadOnlyList<User>>(
        session =>
        {
            using var row = session.Prepared(Statements.ListUsers).Query();
            var users = new List<User>();
            while (row.Read())
            {
                users.Add(ReadUser(row, 0));
            }

            return users;
        },
        cancellationToken);

    public Task AddUserAsync(User user, CancellationToken cancellationToken) =>
        WriteAsync(session => AddUser(session, user), cancellationToken);

    public Task<User> ChangeUserAsync(string name, UserChange change, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            var changed = session.Prepared(Statements.ChangeUser).Execute(
                ("@name", name),
                ("@role", (int?)change.Role),
                ("@password_hash", change.PasswordHash),
                ("@disabled", change.Disabled));
            if (changed == 0)
            {
                throw NoUser(name);
            }

            if (change is { PasswordHash: not null } or { Disabled: true })
            {
                session.Prepared(Statements.DeleteTicketsOfUser).Execute(("@name", name));
            }

            return FindUser(session, name)!;
        },
        cancellationToken);

    private static User? FindUser(SqlSession session, string name)
    {
        using var row = session.Prepared(Statements.FindUser).Query(("@name", name));
        return row.Read() ? ReadUser(row, 0) : null;
    }

    /// <summary>Reads a user from six columns, the first of which is given.</summary>
    private static User ReadUser(Rows row, int column) => new(
        row.GetString(column),
        row.GetString(column + 1),
        (UserRole)row.GetInt32(column + 2),
        row.GetString(column + 3),
        row.GetBoolean(column + 4),
        row.GetBoolean(column + 5));

    private static int AddUser(SqlWriteSession session, User user) => session.Unique(
        $"The user '{user.Name}' already exists.",
        () => session.Prepared(Statements.AddUser).Execute(
            ("@name", user.Name),
            ("@full_name", user.FullName),
            ("@role", (int)user.Role),
            ("@password_hash", user.PasswordHash),
            ("@development_only", user.DevelopmentOnly),
            ("@disabled", user.Disabled)));

    private static StoreException NoUser(string name) => new(StoreError.NotFound, $"There is no user '{name}'.");
}
