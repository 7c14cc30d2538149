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

    /// <summary>The name of the key's table; blank when it is bound to none.</summary>
    TableName,

    /// <summary>Always missing: a device has no owner here.</summary>
    DeviceOwner,

    /// <summary>When the device was last saved.</summary>
    DeviceLastSync,

    /// <summary>Always missing.</summary>
    DeviceLastSyncTrans,
}
