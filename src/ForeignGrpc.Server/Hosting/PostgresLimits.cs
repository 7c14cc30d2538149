using ForeignGrpc.Server.Settings;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Validates the limits of names for PostgreSQL. Unique indexes have the names, and PostgreSQL limits an index entry to 2,704 bytes
/// (https://www.postgresql.org/docs/current/btree.html). An entry fits 650 characters of four bytes beside its numbers.
/// </summary>
internal sealed class PostgresLimits(IOptions<StorageOptions> storage) : IValidateOptions<KeyLimits>
{
    private const int Longest = 650;

    public ValidateOptionsResult Validate(string? name, KeyLimits options)
    {
        if (storage.Value.Provider != StorageOptions.Postgres)
        {
            return ValidateOptionsResult.Skip;
        }

        (string Setting, int Value)[] limits =
        [
            ("Limits:ApplicationName", options.ApplicationName),
            ("Limits:DeviceName and Limits:DeviceIdentifier together", options.DeviceName + options.DeviceIdentifier),
            ("Limits:Key", options.Key),
            ("Limits:TableName", options.TableName),
        ];
        var wrong = limits.Where(limit => limit.Value > Longest)
            .Select(limit => $"{limit.Setting} is '{limit.Value}'. With PostgreSQL it may be at most {Longest}.").ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
