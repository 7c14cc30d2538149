using ForeignGrpc.Server.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Rejects SQLite connection strings with which the server could not write, or could not read concurrently with writes.
/// </summary>
internal sealed class SqliteConnectionCheck(IConfiguration configuration) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (options.Provider != StorageOptions.Sqlite)
        {
            return ValidateOptionsResult.Skip;
        }

        var text = StoreServices.ConnectionString(configuration, options.Provider);
        SqliteConnectionStringBuilder connection;
        try
        {
            connection = new SqliteConnectionStringBuilder(text);
        }
        catch (ArgumentException)
        {
            // The store reports the error when it opens the database.
            return ValidateOptionsResult.Skip;
        }

        return connection switch
        {
            { DataSource: var source } when source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) =>
                ValidateOptionsResult.Fail(
                    $"ConnectionStrings:{StorageOptions.ConnectionName} is '{text}'. "
                    + "It must name a file by its path, such as 'Data Source=foreign.db'."),
            { Mode: SqliteOpenMode.ReadOnly } => Wrong("Mode=ReadOnly", "The server must be able to save."),
            { Cache: SqliteCacheMode.Shared } => Wrong("Cache=Shared", "A shared cache makes reads wait for writes."),
            _ => ValidateOptionsResult.Success,
        };
    }

    private static ValidateOptionsResult Wrong(string what, string why) =>
        ValidateOptionsResult.Fail($"ConnectionStrings:{StorageOptions.ConnectionName} has {what}. {why} Leave it out.");
}
