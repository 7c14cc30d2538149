namespace ForeignGrpc.Store.Sql;

/// <summary>The statements that every engine understands. Every value is a parameter.</summary>
internal static class Statements
{
    public const string FindAppId = "SELECT a.id FROM foreign_app a WHERE a.name = @name";

    public const string AddApp =
        """
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by)
        VALUES (@name, @now, @person, @now, @person) RETURNING id
        """;

    public const string UpdateApp = "UPDATE foreign_app SET name = @name, updated_at = @now, updated_by = @person, version = version + 1 WHERE id = @id";

    /// <summary>Notes that a device of the application was added, changed or deleted.</summary>
    public const string NoteChange = "UPDATE foreign_app SET version = version + 1 WHERE id = @id";

    public const string AppOfDevice = "SELECT d.app_id FROM foreign_device d WHERE d.id = @id";

    /// <summary>Marks it as deleted: an application without a name is found by no query, and removed with its devices and keys in small steps.</summary>
    public const string DeleteApp = "UPDATE foreign_app SET name = NULL WHERE id = @id";

    /// <summary>An application without a name, to move a device to that is deleted by itself.</summary>
    public const string AddDeletedApp =
        "INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by) VALUES (NULL, @now, 0, @now, 0) RETURNING id";

    public const string MoveDevice = "UPDATE foreign_device SET app_id = @app WHERE id = @id";

    public const string FindDeletedApp = "SELECT a.id FROM foreign_app a WHERE a.name IS NULL LIMIT 1";

    public const string DevicesOfDeletedApp = "SELECT d.id FROM foreign_device d WHERE d.app_id = @app ORDER BY d.id LIMIT @limit";

    public const string RemoveKeys =
        """
        DELETE FROM foreign_key WHERE id IN (
          SELECT k.id FROM foreign_key k WHERE k.device_id = @device ORDER BY k.table_id, k.record_id, k.name LIMIT @limit)
        """;

    public const string RemoveDevice = "DELETE FROM foreign_device WHERE id = @id";

    public const string RemoveApp = "DELETE FROM foreign_app WHERE id = @id";

    public const string AppUpdatedAt = "SELECT a.updated_at, a.version FROM foreign_app a WHERE a.id = @id AND a.name IS NOT NULL";

    public const string FindDeviceId =
        """
        SELECT d.id FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id
        WHERE a.name = @app AND d.name = @device AND d.identifier = @identifier
        """;

    public const string FindDeviceIdInApp =
        "SELECT d.id FROM foreign_device d WHERE d.app_id = @app AND d.name = @device AND d.identifier = @identifier";

    public const string AddDevice =
        """
        INSERT INTO foreign_device (app_id, name, identifier, created_at, created_by, updated_at, updated_by)
        VALUES (@app, @name, @identifier, @now, @person, @now, @person) RETURNING id
        """;

    public const string UpdateDevice =
        """
        UPDATE foreign_device
        SET name = coalesce(@name, name), identifier = coalesce(@identifier, identifier), updated_at = @now, updated_by = @person
        WHERE id = @id AND app_id = @app
        """;

    public const string DeviceInApp = "SELECT d.id FROM foreign_device d WHERE d.id = @id AND d.app_id = (SELECT id FROM foreign_app WHERE name = @app)";

    public const string FindPerson = "SELECT id FROM person WHERE full_name = @name";

    public const string FindPersonName = "SELECT full_name FROM person WHERE id = @id";

    public const string AddPerson = "INSERT INTO person (full_name) VALUES (@name) RETURNING id";

    public const string FindTable = "SELECT number FROM registered_table WHERE folded_name = @folded";

    public const string FindTableName = "SELECT name FROM registered_table WHERE number = @number";

    public const string AddTable =
        """
        INSERT INTO registered_table (number, name, folded_name, registered_by)
        SELECT coalesce(max(number) + 1, @first), @name, @folded, @person FROM registered_table RETURNING number
        """;

    public const string CountTables = "SELECT count(*) FROM registered_table";

    public const string CountTablesOfPerson = "SELECT count(*) FROM registered_table WHERE registered_by = @person";

    public const string FindKeyToUpdate =
        """
        SELECT k.id, k.value_hash, k.created_at, k.created_by FROM foreign_key k
        WHERE k.device_id = @device AND k.table_id = @table AND k.record_id = @record AND k.name = @name
        """;

    public const string AddKey =
        """
        INSERT INTO foreign_key
          (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        VALUES (@device, @table, @record, @name, @value, @hash, @now, @person, @now, @person)
        """;

    public const string UpdateKey =
        "UPDATE foreign_key SET value = @value, value_hash = @hash, updated_at = @now, updated_by = @person WHERE id = @id";

    /// <summary>The same when the hash stays as it is, which spares the index that leads from values to keys.</summary>
    public const string UpdateKeyOfSameHash = "UPDATE foreign_key SET value = @value, updated_at = @now, updated_by = @person WHERE id = @id";

    /// <summary>The columns of <see cref="Model.StoredApp"/>.</summary>
    public const string Apps =
        """
        SELECT a.id, a.name, a.created_at, c.full_name, a.updated_at, u.full_name, a.version
        FROM foreign_app a JOIN person c ON c.id = a.created_by JOIN person u ON u.id = a.updated_by
        """;

    /// <summary>The columns of <see cref="Model.StoredDevice"/>.</summary>
    public const string Devices =
        """
        SELECT d.id, d.app_id, d.name, d.identifier, d.created_at, c.full_name, d.updated_at, u.full_name
        FROM foreign_device d JOIN person c ON c.id = d.created_by JOIN person u ON u.id = d.updated_by
        """;

    /// <summary>The columns of <see cref="Model.StoredKey"/>, people by number; `d` and `a` are its device and application.</summary>
    public const string Keys =
        """
        SELECT k.name, k.value, k.table_id, k.record_id, k.created_at, k.created_by, k.updated_at, k.updated_by, k.id, a.name, d.name
        FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id AND a.name IS NOT NULL JOIN foreign_key k ON k.device_id = d.id
        """;

    public const string AppById = Apps + " WHERE a.id = @id AND a.name IS NOT NULL";

    public const string AppByName = Apps + " WHERE a.name = @name";

    public const string DevicesOfApp = Devices + " WHERE d.app_id = @app ORDER BY d.id";

    public const string DeviceById =
        Devices + " WHERE d.id = @id AND (SELECT a.name FROM foreign_app a WHERE a.id = d.app_id) IS NOT NULL";

    public const string OldestDeviceByName =
        Devices + " WHERE d.app_id = (SELECT id FROM foreign_app WHERE name = @app) AND d.name = @device ORDER BY d.id LIMIT 1";

    public const string DeviceByIdentifier =
        Devices + " WHERE d.app_id = (SELECT id FROM foreign_app WHERE name = @app) AND d.name = @device AND d.identifier = @identifier";

    /// <summary>A page of the ids of an application's devices, behind the last one seen.</summary>
    public const string DeviceIdsAfter =
        "SELECT d.id FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id WHERE a.name = @app AND d.id > @after";

    public const string OfName = " AND d.name = @device";

    public const string InDeviceOrder = " ORDER BY d.id LIMIT @limit";

    public const string KeyByIdentifier = KeyByName + WithIdentifier;

    public const string OldestKeyByName = KeyByName + OldestKeyFirst;

    public const string WithIdentifier = " AND d.identifier = @identifier";

    /// <summary>Added to 0, so that no engine goes through all keys by id until it meets one that fits.</summary>
    private const string OldestKeyFirst = " ORDER BY k.id + 0 LIMIT 1";

    private const string KeyByName = Keys
        + " WHERE a.name = @app AND d.name = @device AND k.table_id = @table AND k.record_id = @record AND k.name = @name";

    public const string KeysByValue = Keys
        + " WHERE k.value_hash = @hash AND k.device_id = @device AND k.table_id = @table AND k.name = @name AND k.value = @value"
        + OldestKeyFirst;

    /// <summary>A page of a device's keys, behind the last one seen.</summary>
    public const string KeysAfter = Keys
        + " WHERE k.device_id = @device AND (k.table_id, k.record_id, k.name) > (@after_table, @after_record, @after_name)";

    /// <summary>The same in one table. Without the table in the row value, as only then SQLite seeks to where the page begins.</summary>
    public const string KeysInTableAfter = Keys
        + " WHERE k.device_id = @device AND k.table_id = @table AND (k.record_id, k.name) > (@after_record, @after_name)";

    /// <summary>The same on one record, which has few.</summary>
    public const string KeysOnRecordAfter = Keys
        + " WHERE k.device_id = @device AND k.table_id = @table AND k.record_id = @record AND (@after_name IS NULL OR k.name > @after_name)";

    public const string InKeyOrder = " ORDER BY k.table_id, k.record_id, k.name LIMIT @limit";

    /// <summary>From device to device, seeking in each.</summary>
    /// <param name="joinInOrder"><see cref="Connection.JoinInOrder"/>.</param>
    public static string KeysOnRecord(string joinInOrder) => Keys.Replace(" JOIN foreign_key", joinInOrder + "foreign_key", StringComparison.Ordinal)
        + " WHERE k.table_id = @table AND k.record_id = @record ORDER BY k.id";

    public const string DeleteKeys = "DELETE FROM foreign_key WHERE device_id = @device AND name = @name";

    public const string DeleteKey = "DELETE FROM foreign_key WHERE id = @id AND device_id = @device";

    public const string InTable = " AND table_id = @table";

    public const string OnRecord = " AND record_id = @record";

    /// <summary>How many keys the device has, counted up to a limit.</summary>
    public static string CountKeys(string condition = "") =>
        $"SELECT count(*) FROM (SELECT 1 FROM foreign_key WHERE device_id = @device{condition} LIMIT @limit) counted";

    /// <summary>The keys of a name on the device, behind a table and record.</summary>
    public const string KeysOfName =
        """
        SELECT id, table_id, record_id FROM foreign_key
        WHERE device_id = @device AND (table_id, record_id) > (@after_table, @after_record) AND name = @name ORDER BY table_id, record_id LIMIT @limit
        """;

    /// <summary>The same in one table, behind a record.</summary>
    public const string KeysOfNameInTable =
        """
        SELECT id, table_id, record_id FROM foreign_key
        WHERE device_id = @device AND table_id = @table AND record_id > @after_record AND name = @name ORDER BY record_id LIMIT @limit
        """;

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

    public const string UserForTicket = "SELECT u.id FROM \"user\" u WHERE u.name = @name AND u.password_hash = @password_hash AND u.disabled = 0";

    public const string HasTicket = "SELECT 1 FROM ticket t WHERE t.id = @id AND t.user_id = @user";

    public const string AddTicket =
        "INSERT INTO ticket (secret_hash, user_id, kind, created_at, expires_at) VALUES (@hash, @user, @kind, @now, @expires)";

    /// <summary>How many tickets a user has, as far as it matters.</summary>
    public const string CountTickets = "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE user_id = @user LIMIT @most) one";

    /// <summary>A use puts the expiry off, so the ticket that expires first was used least recently.</summary>
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
        "DELETE FROM ticket WHERE id IN (SELECT t.id FROM ticket t WHERE t.expires_at <= @now AND t.id <> @added ORDER BY t.expires_at LIMIT @limit)";

    private const string UserColumns = "u.name, u.full_name, u.role, u.password_hash, u.development_only, u.disabled";

    private const string Tickets =
        $"SELECT t.id, t.kind, t.created_at, t.expires_at, {UserColumns} FROM ticket t JOIN \"user\" u ON u.id = t.user_id";

    /// <summary>Changes of nothing, which are refused, or wait, where saves do.</summary>
    public static readonly string[] CheckWrites =
    [
        "UPDATE foreign_app SET name = name WHERE id = 0",
        "UPDATE foreign_device SET name = name WHERE id = 0",
        "UPDATE foreign_key SET name = name WHERE id = 0",
    ];

    /// <summary>Touches a table, so that a database that can be opened but not read is noticed.</summary>
    public const string Check = "SELECT count(*) FROM (SELECT 1 FROM foreign_app LIMIT 1) one";
}
