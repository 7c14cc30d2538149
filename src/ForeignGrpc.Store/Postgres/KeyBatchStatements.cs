namespace ForeignGrpc.Store.Postgres;

/// <summary>The statements that save many keys at once. Their parameters are arrays.</summary>
internal static class KeyBatchStatements
{
    public const string FindDevices =
        """
        SELECT i.position, d.id
        FROM unnest(@apps, @names, @identifiers) WITH ORDINALITY AS i (app, name, identifier, position)
        JOIN foreign_app a ON a.name = i.app JOIN foreign_device d ON d.app_id = a.id AND d.name = i.name AND d.identifier = i.identifier
        """;

    public const string AddApps =
        """
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by)
        SELECT i.app, @now, i.person, @now, i.person FROM unnest(@apps, @people) AS i (app, person)
        ON CONFLICT (name) DO NOTHING
        """;

    public const string AddDevices =
        """
        INSERT INTO foreign_device (app_id, name, identifier, created_at, created_by, updated_at, updated_by)
        SELECT a.id, i.name, i.identifier, @now, i.person, @now, i.person
        FROM unnest(@apps, @names, @identifiers, @people) AS i (app, name, identifier, person) JOIN foreign_app a ON a.name = i.app
        ORDER BY a.id, i.name, i.identifier
        ON CONFLICT (app_id, name, identifier) DO NOTHING
        """;

    /// <summary>Gives applications a new version. It locks them in the order of their ids, so that two servers cannot deadlock.</summary>
    public const string NoteChanges =
        """
        UPDATE foreign_app SET version = version + 1
        WHERE id IN (SELECT a.id FROM foreign_app a WHERE a.name = ANY (@apps) ORDER BY a.id FOR NO KEY UPDATE)
        """;

    public const string SaveKeys =
        """
        WITH held AS (
          SELECT d.id FROM unnest(@ids, @apps, @device_names, @identifiers) AS i (id, app, name, identifier)
          JOIN foreign_device d ON d.id = i.id AND d.name = i.name AND d.identifier = i.identifier
          JOIN foreign_app a ON a.id = d.app_id AND a.name = i.app
          ORDER BY d.id FOR KEY SHARE OF a, d
        )
        INSERT INTO foreign_key
          (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        SELECT i.device, i.tab, i.record, i.name, i.value, i.hash, @now, i.creator, @now, i.updater
        FROM unnest(@devices, @tables, @records, @names, @values, @hashes, @creators, @updaters) WITH ORDINALITY
          AS i (device, tab, record, name, value, hash, creator, updater, position)
        JOIN held ON held.id = i.device
        ORDER BY i.position
        ON CONFLICT (device_id, table_id, record_id, name) DO UPDATE
        SET value = excluded.value, value_hash = excluded.value_hash, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        RETURNING device_id, table_id, record_id, name, created_at, created_by
        """;

    private const string Given =
        """
        unnest(@apps, @device_names, @identifiers, @tables, @records, @names)
          WITH ORDINALITY AS i (app, device, identifier, tab, record, name, position)
        """;

    private const string AppsOfKeys = Given + " JOIN foreign_app a ON a.name = i.app";

    private const string DevicesOfKeys = AppsOfKeys
        + " JOIN foreign_device d ON d.app_id = a.id AND d.name = i.device AND d.identifier = i.identifier";

    private const string StoredKeys = DevicesOfKeys
        + " JOIN foreign_key k ON k.device_id = d.id AND k.table_id = i.tab AND k.record_id = i.record AND k.name = i.name";

    /// <summary>
    /// One query for each table whose rows a save locks. It returns the positions of the keys whose row another transaction has locked.
    /// </summary>
    public static readonly string[] FindLocked =
    [
        PositionsLocked(AppsOfKeys, "a", "KEY SHARE"),
        PositionsLocked(DevicesOfKeys, "d", "KEY SHARE"),
        PositionsLocked(StoredKeys, "k", "NO KEY UPDATE"),
    ];

    private static string PositionsLocked(string rows, string table, string strength) =>
        $"""
        WITH free AS (SELECT {table}.id FROM {rows} FOR {strength} OF {table} SKIP LOCKED)
        SELECT i.position FROM {rows} WHERE {table}.id NOT IN (SELECT id FROM free)
        """;
}
