using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Rpc;

namespace ForeignGrpc.Server.Agent;

/// <summary>
/// Turns what a request says into the store's terms and notes what is wrong with it, all of it before anything is done.
/// Fields are named by their path in the request message.
/// </summary>
internal sealed class RequestCheck(KeyLimits limits)
{
    private readonly BadRequest _violations = new();

    /// <summary>The device by its exact identifier, or by any when that is null.</summary>
    public DeviceAddress Device(string application, string device, string? identifier)
    {
        Text("application_name", application, limits.ApplicationName, mayBeBlank: false);
        Text("device_name", device, limits.DeviceName, mayBeBlank: false);
        Text("device_identifier", identifier ?? "", limits.DeviceIdentifier);
        return new DeviceAddress(application, device, identifier);
    }

    public RecordRef Record(string table, int record, string prefix = "")
    {
        Text(prefix + "table_name", table, limits.TableName);
        if (record < 0)
        {
            Refuse(prefix + "record_id", $"must be 0 or more, but is {record}.");
        }
        else if (table.Length == 0 && record != 0)
        {
            Refuse(prefix + "record_id", $"must be 0 when the table name is blank, but is {record}.");
        }

        return new RecordRef(table, record);
    }

    public string KeyName(string name, string field = "key_name")
    {
        Text(field, name, limits.Key);
        return name;
    }

    /// <summary>A key to save under a device: what identifies it, and its value.</summary>
    public (KeyAddress Address, string Value) Key(ForeignKey? key, DeviceAddress device)
    {
        if (key is null)
        {
            Refuse("foreign_key", "is required: the key to save, as an object.");
            key = new ForeignKey();
        }

        Text("foreign_key.key_value", key.KeyValue, limits.Value);
        var record = Record(key.TableName, key.RecordId, "foreign_key.");
        return (new KeyAddress(device, record, KeyName(key.KeyName, "foreign_key.key_name")), key.KeyValue);
    }

    /// <summary>Refuses the request if anything was wrong with it.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with a `google.rpc.BadRequest` that has every violation.</exception>
    public void Done()
    {
        if (_violations.FieldViolations.Count > 0)
        {
            throw Failures.InvalidArgument(_violations);
        }
    }

    private void Text(string field, string text, int limit, bool mayBeBlank = true)
    {
        var length = text.Length <= limit ? text.Length : text.EnumerateRunes().Count();
        if (length > limit)
        {
            Refuse(field, $"is {length} characters long; at most {limit} are taken.");
        }
        else if (length == 0 && !mayBeBlank)
        {
            Refuse(field, "must not be blank.");
        }
    }

    private void Refuse(string field, string description) =>
        _violations.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
}
