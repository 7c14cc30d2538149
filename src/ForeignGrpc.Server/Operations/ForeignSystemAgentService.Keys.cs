using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ForeignGrpc.Server.Operations;

internal sealed partial class ForeignSystemAgentService
{
    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignKey> SaveForeignKey(SaveForeignKeyRequest request, ServerCallContext context) => SaveKeyAsync(
        new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier),
        request.ForeignKey,
        request.Changes,
        context);

    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignKey> AddForeignKey(AddForeignKeyRequest request, ServerCallContext context) => SaveKeyAsync(
        new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier),
        request.ForeignKey,
        request.Changes,
        context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignKey> GetKey(GetKeyRequest request, ServerCallContext context)
    {
        var device = new DeviceAddress(request.ApplicationName, request.DeviceName, null);
        return Describe(await FindKeyAsync(device, request.KeyName, new RecordRef(request.TableName, request.RecordId), context), context);
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetKeyValueResponse> GetKeyValue(GetKeyValueRequest request, ServerCallContext context)
    {
        var device = new DeviceAddress(request.ApplicationName, request.DeviceName, null);
        var key = await FindKeyAsync(device, request.KeyName, new RecordRef(request.TableName, request.RecordId), context);
        return new GetKeyValueResponse { KeyValue = key.Value };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignKey> GetKeyOnDeviceIdentifier(GetKeyOnDeviceIdentifierRequest request, ServerCallContext context)
    {
        var device = new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        return Describe(await FindKeyAsync(device, request.KeyName, new RecordRef(request.TableName, request.RecordId), context), context);
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetKeyValueOnDeviceIdentifierResponse> GetKeyValueOnDeviceIdentifier(
        GetKeyValueOnDeviceIdentifierRequest request, ServerCallContext context)
    {
        var device = new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        var key = await FindKeyAsync(device, request.KeyName, new RecordRef(request.TableName, request.RecordId), context);
        return new GetKeyValueOnDeviceIdentifierResponse { KeyValue = key.Value };
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<ForeignKey> GetKeyByValue(GetKeyByValueRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var value = check.Value(request.HasKeyValue, request.KeyValue, "key_value");
        var device = check.Address(request.ApplicationName, request.DeviceName, null);
        return FindKeyByValueAsync(check, device, request.KeyName, request.TableName, value, context);
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<ForeignKey> GetKeyByValueAndIdentifier(GetKeyByValueAndIdentifierRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var value = check.Value(request.HasKeyValue, request.KeyValue, "key_value");
        var device = check.Address(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        return FindKeyByValueAsync(check, device, request.KeyName, request.TableName, value, context);
    }

    [RequiresRole(UserRole.Writer)]
    public override Task<Empty> DeleteForeignKey(DeleteForeignKeyRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var name = check.KeyName(check.Required(request.ForeignKey, "foreign_key").KeyName, "foreign_key.key_name");
        var device = check.Address(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        return DeleteKeysAsync(check, device, name, new RecordRef(request.TableName, request.RecordId), context);
    }

    [RequiresRole(UserRole.Writer)]
    public override Task<Empty> DeleteForeignKeyOnName(DeleteForeignKeyOnNameRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var device = check.Address(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        var name = check.KeyName(request.KeyName);
        return DeleteKeysAsync(check, device, name, new RecordRef(request.TableName, request.RecordId), context);
    }

    private async Task<ForeignKey> SaveKeyAsync(
        DeviceAddress device, ForeignKey? key, RepeatedField<PatchOperation> changes, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        check.Address(device.Application, device.Device, device.Identifier);
        var named = changes.Count == 0 ? key : Changed(key, changes.Where(change => !MessagePatch.IsTest(change)), context);
        var (address, value) = check.Key(named, device, mayBeBlank: changes.Count > 0);
        check.Done();
        var (author, cancellationToken) = (Caller.Of(context).Author, context.CancellationToken);
        return Describe(
            changes.Count == 0
                ? await store.SaveKeyAsync(address, value, author, cancellationToken)
                : await store.ChangeKeyAsync(
                    address,
                    (StoredKey? stored) => ValueOf(Changed(stored?.ToCarrier() ?? key, changes, context), device),
                    author,
                    cancellationToken),
            context);
    }

    /// <summary>The key, or a blank one, with the changes made to it.</summary>
    private static ForeignKey Changed(ForeignKey? key, IEnumerable<PatchOperation> changes, ServerCallContext context)
    {
        var changed = key?.Clone() ?? new ForeignKey();
        MessagePatch.Apply(changed, [.. changes], CallZone.Of(context));
        return changed;
    }

    private string ValueOf(ForeignKey key, DeviceAddress device)
    {
        var check = new RequestCheck(_limits);
        var (_, value) = check.Key(key, device);
        check.Done();
        return value;
    }

    private async Task<StoredKey> FindKeyAsync(DeviceAddress device, string name, RecordRef record, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        check.Address(device.Application, device.Device, device.Identifier);
        check.Record(record.Table, record.Id);
        check.KeyName(name);
        check.Done();
        var (app, unit, table) = (device.Application, device.Device, record.Table);
        return await store.FindKeyAsync(new KeyAddress(device, record, name), context.CancellationToken) ?? throw Failure.NotFound(
            Texts.Of($"There is no key '{name}' for table '{table}' and record {record.Id} on device '{unit}' of application '{app}'."));
    }

    private async Task<ForeignKey> FindKeyByValueAsync(
        RequestCheck check, DeviceAddress device, string name, string table, string value, ServerCallContext context)
    {
        check.KeyName(name);
        check.Record(table, 0);
        check.Done();
        var key = await store.FindKeyByValueAsync(device, name, table, value, TurnOf(context), context.CancellationToken);
        var (app, unit) = (device.Application, device.Device);
        return key is not null ? Describe(key, context) : throw Failure.NotFound(
            Texts.Of($"There is no key '{name}' for table '{table}' with that value on device '{unit}' of application '{app}'."));
    }

    private async Task<Empty> DeleteKeysAsync(
        RequestCheck check, DeviceAddress device, string name, RecordRef record, ServerCallContext context)
    {
        check.Record(record.Table, record.Id);
        check.Done();
        // Clients save under an identifier and delete without.
        var devices = device with { Identifier = device.Identifier is "" ? null : device.Identifier };
        var filter = new KeyFilter(devices, name, record.Table.Length == 0 ? null : record.Table, record.Id == 0 ? null : record.Id);
        await store.DeleteKeysAsync(filter, context.CancellationToken);
        return new Empty();
    }
}
