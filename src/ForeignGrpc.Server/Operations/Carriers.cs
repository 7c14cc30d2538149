using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Operations;

/// <summary>Maps records of the store to messages.</summary>
internal static class Carriers
{
    public static ForeignKey ToCarrier(this StoredKey key) => new()
    {
        KeyName = key.Name,
        KeyValue = key.Value,
        RecordId = key.Record.Id,
        TableName = key.Record.Table,
        CreatedDate = Timestamp.FromDateTimeOffset(key.Created.At),
        CreatedBy = key.Created.By.FullName,
        UpdatedDate = Timestamp.FromDateTimeOffset(key.Updated.At),
        UpdatedBy = key.Updated.By.FullName,
    };

    public static ForeignDevice ToCarrier(this StoredDevice device) => new()
    {
        ForeignDeviceId = device.Id,
        DeviceName = device.Name,
        DeviceIdentifier = device.Identifier,
        ForeignAppId = device.AppId,
        AssociateFullName = device.Created.By.FullName,
        CreatedDate = Timestamp.FromDateTimeOffset(device.Created.At),
        CreatedBy = device.Created.By.FullName,
        UpdatedDate = Timestamp.FromDateTimeOffset(device.Updated.At),
        UpdatedBy = device.Updated.By.FullName,
    };

    public static ForeignAppEntity ToCarrier(this StoredApp app) => new()
    {
        ForeignAppId = app.Id,
        ApplicationName = app.Name,
        CreatedDate = Timestamp.FromDateTimeOffset(app.Created.At),
        CreatedBy = ToAssociate(app.Created.By.FullName),
        UpdatedDate = Timestamp.FromDateTimeOffset(app.Updated.At),
        UpdatedBy = ToAssociate(app.Updated.By.FullName),
        Devices = { app.Devices.Select(ToCarrier) },
    };

    private static Associate ToAssociate(string fullName) => new() { FullName = fullName, FormalName = fullName, UserType = "Unknown" };
}
