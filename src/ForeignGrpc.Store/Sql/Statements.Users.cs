namespace ForeignGrpc.Store.Sql;

/// <summary>The statements for users and their tickets.</summary>
internal static partial class Statements
{
    public const string FindUser = $"SELECT {UserColumns} FROM \"user\" u WHERE u.name = @name";

    public const string ListUsers = $"SELECT {UserColumns} FROM \"user\" u ORDER BY u.name";

    public const string AddUser =
        """
        INSERT INTO "user" (name, full_name, role, password_hash, development_only, disabled)
        VALUES (@name, @full_name, @role, @password_hash, @development_only, @disabled)
        """;

    public const string ChangeUser =
        """
        UPDATE "user"
        SET role = coalesce(@role, role), password_hash = coalesce(@password_hash, password_hash), disabled = coalesce(@disabled, disabled)
        WHERE name = @name
        """;

    public const string FindTicket = $"{Tickets} WHERE t.secret_hash = @hash";

    public const string TicketsOfUser = $"{Tickets} WHERE u.name = @user AND t.expires_at > @now ORDER BY t.id DESC LIMIT @limit";

    public const string UserForTicket =
        "SELECT u.id FROM \"user\" u WHERE u.name = @name AND u.password_hash = @password_hash AND u.disabled = 0";

    public const string HasTicket = "SELECT 1 FROM ticket t WHERE t.id = @id AND t.user_id = @user";

    public const string AddTicket =
        "INSERT INTO ticket (secret_hash, user_id, kind, created_at, expires_at) VALUES (@hash, @user, @kind, @now, @expires)";

    /// <summary>The number of tickets of a user, counted up to a limit.</summary>
    public const string CountTickets = "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE user_id = @user LIMIT @most) one";

    /// <summary>Deletes the least recently used tickets of a user. A use extends a ticket, so they are those that expire first.</summary>
    public const string DeleteLeastUsedTickets =
        """
        DELETE FROM ticket WHERE id IN (
          SELECT t.id FROM ticket t WHERE t.user_id = @user AND t.id <> @added AND t.id <> @by ORDER BY t.expires_at LIMIT @limit)
        """;

    public const string ExtendTicket = "UPDATE ticket SET expires_at = @expires WHERE id = @id";

    public const string DeleteTicket =
        "DELETE FROM ticket WHERE id = @id AND user_id = (SELECT u.id FROM \"user\" u WHERE u.name = @user)";

    public const string DeleteTicketsOfUser = "DELETE FROM ticket WHERE user_id = (SELECT u.id FROM \"user\" u WHERE u.name = @name)";

    public const string DeleteExpiredTickets =
        """
        DELETE FROM ticket WHERE id IN (
          SELECT t.id FROM ticket t WHERE t.expires_at <= @now AND t.id <> @added ORDER BY t.expires_at LIMIT @limit)
        """;

    private const string UserColumns = "u.name, u.full_name, u.role, u.password_hash, u.development_only, u.disabled";

    private const string Tickets =
        $"SELECT t.id, t.kind, t.created_at, t.expires_at, {UserColumns} FROM ticket t JOIN \"user\" u ON u.id = t.user_id";
}
