using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Operations;

/// <summary>Turns what a request says into the store's terms and notes what is wrong with it.</summary>
internal sealed class RequestCheck(KeyLimits limits) : Violations
{
    private const string Devices = "foreign_app_entity.devices";

    /// <summary>The device by its exact identifier, or by any when that is null.</summary>
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

    /// <summary>A name of a device, whatever its identifier.</summary>
    public string DeviceName(string name, string field = "device_name")
    {
        Text(field, name, limits.DeviceName);
        return name;
    }

    /// <summary>A device to save: by id, or when that is 0 by name and identifier.</summary>
    /// <param name="device">The device.</param>
    /// <param name="field">The field that it is given in.</param>
    /// <param name="index">Where in that list it is; null when it is no list.</param>
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

    /// <summary>The name and identifier that a carrier gives a device; null for what it does not give.</summary>
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

    /// <summary>Refuses a device of an application because another one in the list is the same.</summary>
    public void RefuseSecond(int index) =>
        Refuse($"{Devices}[{index}]", Texts.Of($"is in the list twice: another device has the same id, or the same name and identifier."));

    public AppSave App(ForeignAppEntity? app)
    {
        app = Required(app, "foreign_app_entity");
        Id("foreign_app_entity.foreign_app_id", app.ForeignAppId);
        Application(app.ApplicationName, "foreign_app_entity.application_name");
        return new AppSave(app.ForeignAppId, app.ApplicationName, [.. app.Devices.Select((device, i) => Device(device, Devices, i))]);
    }

    /// <summary>A carrier that must be given.</summary>
    public T Required<T>(T? carrier, string field)
        where T : class, new()
    {
        if (carrier is null)
        {
            Refuse(field, Texts.Of($"is required and must be an object."));
        }

        return carrier ?? new T();
    }

    /// <summary>A value to look for, which must be given but may be blank.</summary>
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

    /// <summary>A record of a table that must be named.</summary>
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

    /// <summary>A key to save under a device: what identifies it, and its value. A key of nothing but blanks is refused.</summary>
    public (KeyAddress Address, string Value) Key(ForeignKey? key, DeviceAddress device)
    {
        if (key is { KeyName: "", KeyValue: "", TableName: "" })
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
