namespace ForeignGrpc.Store.Sql;

/// <summary>The statements that all engines understand. Every value is a parameter.</summary>
internal static partial class Statements
{
    public const string FindAppId = "SELECT a.id FROM foreign_app a WHERE a.name = @name";

    public const string AddApp =
        """
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by)
        VALUES (@name, @now, @person, @now, @person) RETURNING id
        """;

    public const string UpdateApp =
        "UPDATE foreign_app SET name = @name, updated_at = @now, updated_by = @person, version = version + 1 WHERE id = @id";

    /// <summary>Gives an application a new version after one of its devices was added, changed or deleted.</summary>
    public const string NoteChange = "UPDATE foreign_app SET version = version + 1 WHERE id = @id";

    public const string AppOfDevice = "SELECT d.app_id FROM foreign_device d WHERE d.id = @id";

    /// <summary>
    /// Marks an application as deleted. No query finds an application without a name; the remover removes its rows in small steps.
    /// </summary>
    public const string DeleteApp = "UPDATE foreign_app SET name = NULL WHERE id = @id";

    /// <summary>Adds an application without a name, which takes deleted devices.</summary>
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

    public const string DeviceInApp =
        "SELECT d.id FROM foreign_device d WHERE d.id = @id AND d.app_id = (SELECT id FROM foreign_app WHERE name = @app)";

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

    public const string AppById = Apps + " WHERE a.id = @id AND a.name IS NOT NULL";

    public const string AppByName = Apps + " WHERE a.name = @name";

    public const string DevicesOfApp = Devices + " WHERE d.app_id = @app ORDER BY d.id";

    public const string DeviceById =
        Devices + " WHERE d.id = @id AND (SELECT a.name FROM foreign_app a WHERE a.id = d.app_id) IS NOT NULL";

    public const string OldestDeviceByName =
        Devices + " WHERE d.app_id = (SELECT id FROM foreign_app WHERE name = @app) AND d.name = @device ORDER BY d.id LIMIT 1";

    public const string DeviceByIdentifier =
        Devices + " WHERE d.app_id = (SELECT id FROM foreign_app WHERE name = @app) AND d.name = @device AND d.identifier = @identifier";

    /// <summary>A page of the ids of the devices of an application, after an id.</summary>
    public const string DeviceIdsAfter =
        "SELECT d.id FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id WHERE a.name = @app AND d.id > @after";

    public const string OfName = " AND d.name = @device";

    public const string InDeviceOrder = " ORDER BY d.id LIMIT @limit";

    /// <summary>Updates without effect. They fail, or wait, where saves do.</summary>
    public static readonly string[] CheckWrites =
    [
        "UPDATE foreign_app SET name = name WHERE id = 0",
        "UPDATE foreign_device SET name = name WHERE id = 0",
        "UPDATE foreign_key SET name = name WHERE id = 0",
    ];

    /// <summary>Reads a table. It fails on a database that can be opened but not read.</summary>
    public const string Check = "SELECT count(*) FROM (SELECT 1 FROM foreign_app LIMIT 1) one";
}
