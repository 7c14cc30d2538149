using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Operations;

/// <summary>Validates the parts of a request, collects violations, and maps the parts to terms of the store.</summary>
internal sealed class RequestCheck(KeyLimits limits) : Violations
{
    private const string Devices = "foreign_app_entity.devices";

    /// <summary>A device by name and identifier; with a null identifier, all devices with the name.</summary>
    public DeviceAddress Address(string application, string device, string? identifier)
    {
        Application(application);
        DeviceName(device);
        Text("device_identifier", identifier ?? "", limits.DeviceIdentifier);
        return new DeviceAddress(application, device, identifier);
    }

    public string Application(string name, string field = "application_name")
    {
        Text(field, name, limits.ApplicationName, mayBeBlank: false);
        return name;
    }

    /// <summary>A name of a device.</summary>
    public string DeviceName(string name, string field = "device_name")
    {
        Text(field, name, limits.DeviceName);
        return name;
    }

    /// <summary>A device to save, selected by id; with id 0, by name and identifier.</summary>
    /// <param name="device">The device.</param>
    /// <param name="field">The field of the request that has the device.</param>
    /// <param name="index">The index of the device in the field; null if the field is not a list.</param>
    public DeviceSave Device(ForeignDevice device, string field, int? index = null)
    {
        var (name, identifier) = NewDeviceNames(device, field, index);
        if (device.ForeignDeviceId < 0)
        {
            Id(Within(field, index, "foreign_device_id"), device.ForeignDeviceId);
        }

        if (name is null && device.ForeignDeviceId == 0)
        {
            Refuse(Within(field, index, "device_name"), Texts.Of($"is required when no id is given; it may be blank."));
        }

        return new DeviceSave(device.ForeignDeviceId, name, identifier);
    }

    /// <summary>The name and identifier in a message; null for a field that is not set.</summary>
    public (string? Name, string? Identifier) NewDeviceNames(ForeignDevice device, string field, int? index = null)
    {
        if (IsTooLong(device.DeviceName, limits.DeviceName, out var length))
        {
            RefuseLong(Within(field, index, "device_name"), length, limits.DeviceName);
        }

        if (IsTooLong(device.DeviceIdentifier, limits.DeviceIdentifier, out length))
        {
            RefuseLong(Within(field, index, "device_identifier"), length, limits.DeviceIdentifier);
        }

        return (device.HasDeviceName ? device.DeviceName : null, device.HasDeviceIdentifier ? device.DeviceIdentifier : null);
    }

    /// <summary>Adds the violation that a device is in the list of an application twice.</summary>
    public void RefuseSecond(int index) =>
        Refuse($"{Devices}[{index}]", Texts.Of($"is in the list twice: another device has the same id, or the same name and identifier."));

    public AppSave App(ForeignAppEntity? app)
    {
        app = Required(app, "foreign_app_entity");
        Id("foreign_app_entity.foreign_app_id", app.ForeignAppId);
        Application(app.ApplicationName, "foreign_app_entity.application_name");
        return new AppSave(app.ForeignAppId, app.ApplicationName, [.. app.Devices.Select((device, i) => Device(device, Devices, i))]);
    }

    /// <summary>A message that is required. Returns a blank message after a violation.</summary>
    public T Required<T>(T? carrier, string field)
        where T : class, new()
    {
        if (carrier is null)
        {
            Refuse(field, Texts.Of($"is required and must be an object."));
        }

        return carrier ?? new T();
    }

    /// <summary>A value to search for: required, may be blank.</summary>
    public string Value(bool isGiven, string value, string field)
    {
        if (!isGiven)
        {
            Refuse(field, Texts.Of($"is required."));
        }

        Text(field, value, limits.Value);
        return value;
    }

    public void Id(string field, int id)
    {
        if (id < 0)
        {
            Refuse(field, Texts.Of($"must be 0 or more, but is {id}."));
        }
    }

    public RecordRef Record(string table, int record, string prefix = "")
    {
        Text(prefix + "table_name", table, limits.TableName);
        Id(prefix + "record_id", record);
        if (table.Length == 0 && record > 0)
        {
            Refuse(prefix + "record_id", Texts.Of($"must be 0 when the table name is blank, but is {record}."));
        }

        return new RecordRef(table, record);
    }

    /// <summary>A record of a table. The name of the table is required.</summary>
    public RecordRef Entity(string type, int id)
    {
        Text("entity_type", type, limits.TableName, mayBeBlank: false);
        Id("entity_id", id);
        return new RecordRef(type, id);
    }

    public string KeyName(string name, string field = "key_name")
    {
        Text(field, name, limits.Key);
        return name;
    }

    /// <summary>A key to save on a device: its address and its value. A key with only blank properties is a violation.</summary>
    /// <param name="key">The key.</param>
    /// <param name="device">The device.</param>
    /// <param name="mayBeBlank">Whether a key with only blank properties is allowed: a patch may give them values.</param>
    public (KeyAddress Address, string Value) Key(ForeignKey? key, DeviceAddress device, bool mayBeBlank = false)
    {
        if (!mayBeBlank && key is { KeyName: "", KeyValue: "", TableName: "" })
        {
            // Some gRPC clients drop properties whose names they do not know, and send a blank key.
            Refuse("foreign_key", Texts.Of(
                $"has neither a name, a value nor a table; give it one of them. Over gRPC they are key_name, key_value and table_name."));
        }

        key = Required(key, "foreign_key");
        Text("foreign_key.key_value", key.KeyValue, limits.Value);
        var record = Record(key.TableName, key.RecordId, "foreign_key.");
        return (new KeyAddress(device, record, KeyName(key.KeyName, "foreign_key.key_name")), key.KeyValue);
    }

    private static string Within(string field, int? index, string part) => index is null ? $"{field}.{part}" : $"{field}[{index}].{part}";

    private static bool IsTooLong(string text, int limit, out int length)
    {
        length = text.Length <= limit ? text.Length : text.EnumerateRunes().Count();
        return length > limit;
    }

    private void Text(string field, string text, int limit, bool mayBeBlank = true)
    {
        if (IsTooLong(text, limit, out var length))
        {
            RefuseLong(field, length, limit);
        }
        else if (length == 0 && !mayBeBlank)
        {
            Refuse(field, Texts.Of($"must not be blank."));
        }
    }

    private void RefuseLong(string field, int length, int limit) =>
        Refuse(field, Texts.Of($"has {length:N0} characters; at most {limit:N0} are allowed."));
}
