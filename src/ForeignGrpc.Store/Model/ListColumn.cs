namespace ForeignGrpc.Store.Model;

/// <summary>The columns of the list of application × device × key, in documented order.</summary>
public enum ListColumn
{
    AppId,
    AppName,
    DeviceId,
    DeviceName,
    DeviceIdentifier,
    KeyId,
    KeyName,
    KeyValue,
    TableId,
    RecordId,
    KeyUpdatedDate,
    KeyRegisteredDate,
    KeyUpdatedBy,
    KeyRegisteredBy,
}
