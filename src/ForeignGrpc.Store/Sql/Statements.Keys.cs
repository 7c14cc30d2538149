namespace ForeignGrpc.Store.Sql;

/// <summary>The statements for keys.</summary>
internal static partial class Statements
{
    /// <summary>The columns of <see cref="Model.StoredKey"/>, with the numbers of persons, then id and the address of the device.</summary>
    public const string Keys =
        """
        SELECT
            k.name, k.value, k.table_id, k.record_id, k.created_at, k.created_by, k.updated_at, k.updated_by, k.id,
            a.name, d.name, d.identifier
        FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id AND a.name IS NOT NULL JOIN foreign_key k ON k.device_id = d.id
        """;

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

    /// <summary>Updates a key whose hash stays the same. The index of hashes is not touched.</summary>
    public const string UpdateKeyOfSameHash =
        "UPDATE foreign_key SET value = @value, updated_at = @now, updated_by = @person WHERE id = @id";

    public const string KeyByIdentifier = KeyByName + WithIdentifier;

    public const string OldestKeyByName = KeyByName + OldestKeyFirst;

    public const string WithIdentifier = " AND d.identifier = @identifier";

    /// <summary>The sum keeps the engines from walking the primary key until they meet a match.</summary>
    private const string OldestKeyFirst = " ORDER BY k.id + 0 LIMIT 1";

    private const string KeyByName = Keys
        + " WHERE a.name = @app AND d.name = @device AND k.table_id = @table AND k.record_id = @record AND k.name = @name";

    public const string KeysByValue = Keys
        + " WHERE k.value_hash = @hash AND k.device_id = @device AND k.table_id = @table AND k.name = @name AND k.value = @value"
        + OldestKeyFirst;

    /// <summary>A page of the keys of a device, after a key.</summary>
    public const string KeysAfter = Keys
        + " WHERE k.device_id = @device AND (k.table_id, k.record_id, k.name) > (@after_table, @after_record, @after_name)";

    /// <summary>A page of the keys of a device in one table. SQLite seeks to the page only if the row value has no table.</summary>
    public const string KeysInTableAfter = Keys
        + " WHERE k.device_id = @device AND k.table_id = @table AND (k.record_id, k.name) > (@after_record, @after_name)";

    /// <summary>A page of the keys of a device on one record.</summary>
    public const string KeysOnRecordAfter = Keys
        + " WHERE k.device_id = @device AND k.table_id = @table AND k.record_id = @record"
        + " AND (@after_name IS NULL OR k.name > @after_name)";

    public const string InKeyOrder = " ORDER BY k.table_id, k.record_id, k.name LIMIT @limit";

    /// <summary>The keys on a record. The engine visits device by device and seeks the record in each.</summary>
    /// <param name="joinInOrder"><see cref="Dialect.JoinInOrder"/>.</param>
    public static string KeysOnRecord(string joinInOrder) =>
        Keys.Replace(" JOIN foreign_key", joinInOrder + "foreign_key", StringComparison.Ordinal)
        + " WHERE k.table_id = @table AND k.record_id = @record ORDER BY k.id";

    public const string DeleteKeys = "DELETE FROM foreign_key WHERE device_id = @device AND name = @name";

    public const string DeleteKey = "DELETE FROM foreign_key WHERE id = @id AND device_id = @device";

    public const string InTable = " AND table_id = @table";

    public const string OnRecord = " AND record_id = @record";

    /// <summary>The number of keys of a device, counted up to a limit.</summary>
    public static string CountKeys(string condition = "") =>
        $"SELECT count(*) FROM (SELECT 1 FROM foreign_key WHERE device_id = @device{condition} LIMIT @limit) counted";

    /// <summary>The keys of a name on a device, after a table and record.</summary>
    public const string KeysOfName =
        """
        SELECT id, table_id, record_id FROM foreign_key
        WHERE device_id = @device AND (table_id, record_id) > (@after_table, @after_record) AND name = @name
        ORDER BY table_id, record_id LIMIT @limit
        """;

    /// <summary>The keys of a name on a device in one table, after a record.</summary>
    public const string KeysOfNameInTable =
        """
        SELECT id, table_id, record_id FROM foreign_key
        WHERE device_id = @device AND table_id = @table AND record_id > @after_record AND name = @name
        ORDER BY record_id LIMIT @limit
        """;
}
