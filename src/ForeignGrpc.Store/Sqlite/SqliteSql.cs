namespace ForeignGrpc.Store.Sqlite;

/// <summary>The statements, but for migrations. Every value is a parameter.</summary>
internal static class SqliteSql
{
    public const string FindApp = "SELECT id FROM foreign_app WHERE name = @name";

    public const string AddApp =
        """
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by)
        VALUES (@name, @now, @person, @now, @person) RETURNING id
        """;

    public const string FindDevice =
        """
        SELECT d.id FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id
        WHERE a.name = @app AND d.name = @device AND d.identifier = @identifier
        """;

    public const string AddDevice =
        """
        INSERT INTO foreign_device (app_id, name, identifier, created_at, created_by, updated_at, updated_by)
        VALUES (@app, @name, @identifier, @now, @person, @now, @person) RETURNING id
        """;

    public const string FindPerson = "SELECT id FROM person WHERE full_name = @name";

    public const string AddPerson = "INSERT INTO person (full_name) VALUES (@name) RETURNING id";

    public const string FindTable = "SELECT number FROM registered_table WHERE folded_name = @folded";

    public const string FindTableName = "SELECT name FROM registered_table WHERE number = @number";

    public const string AddTable =
        """
        INSERT INTO registered_table (number, name, folded_name)
        SELECT max(@first, coalesce(max(number) + 1, 0)), @name, @folded FROM registered_table RETURNING number
        """;

    public const string SaveKey =
        """
        INSERT INTO foreign_key
          (device_id, table_id, record_id, name, value, created_at, created_by, updated_at, updated_by)
        VALUES (@device, @table, @record, @name, @value, @now, @person, @now, @person)
        ON CONFLICT (device_id, table_id, record_id, name)
        DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        RETURNING created_at, (SELECT full_name FROM person WHERE id = created_by)
        """;

    /// <summary>A key on one device.</summary>
    public const string FindKey = FindKeyOnAnyDevice + " AND d.identifier = @identifier";

    /// <summary>The keys on all devices of a name.</summary>
    public const string FindKeyOnAnyDevice =
        """
        SELECT k.name, k.value, k.table_id, k.record_id, k.created_at, c.full_name, k.updated_at, u.full_name
        FROM foreign_app a
        JOIN foreign_device d ON d.app_id = a.id
        JOIN foreign_key k ON k.device_id = d.id
        JOIN person c ON c.id = k.created_by
        JOIN person u ON u.id = k.updated_by
        WHERE a.name = @app AND d.name = @device AND k.table_id = @table AND k.record_id = @record AND k.name = @name
        """;

    public const string OldestKeyFirst = " ORDER BY k.id LIMIT 1";

    public const string DeleteKeys = "DELETE FROM foreign_key WHERE device_id = @device AND name = @name";

    public const string InTable = " AND table_id = @table";

    public const string OnRecord = " AND record_id = @record";

    public const string FindUser = "SELECT name, full_name, role, password_hash, development_only FROM user WHERE name = @name";

    public const string AddUser =
        """
        INSERT INTO user (name, full_name, role, password_hash, development_only)
        VALUES (@name, @full_name, @role, @password_hash, @development_only) ON CONFLICT (name) DO NOTHING
        """;

    /// <summary>Touches a table, so that a file that can be opened but not read is noticed.</summary>
    public const string Check = "SELECT count(*) FROM (SELECT 1 FROM foreign_app LIMIT 1)";
}
