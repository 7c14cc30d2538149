using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Agent;

/// <summary>The operations. Each is three moves: check the request, call the store, map the result.</summary>
internal sealed class ForeignSystemAgentService(IForeignSystemStore store, KeyRights rights, IOptions<KeyLimits> limits)
    : ForeignSystemAgent.ForeignSystemAgentBase
{
    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignKey> SaveForeignKey(SaveForeignKeyRequest request, ServerCallContext context) =>
        SaveAsync(request.ForeignKey, request.ApplicationName, request.DeviceName, request.DeviceIdentifier, context);

    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignKey> AddForeignKey(AddForeignKeyRequest request, ServerCallContext context) =>
        SaveAsync(request.ForeignKey, request.ApplicationName, request.DeviceName, request.DeviceIdentifier, context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignKey> GetKey(GetKeyRequest request, ServerCallContext context) => Describe(
        await FindAsync(request.ApplicationName, request.DeviceName, null, request.KeyName, request.TableName, request.RecordId, context),
        context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetKeyValueResponse> GetKeyValue(GetKeyValueRequest request, ServerCallContext context)
    {
        var key = await FindAsync(
            request.ApplicationName, request.DeviceName, null, request.KeyName, request.TableName, request.RecordId, context);
        return new GetKeyValueResponse { KeyValue = key.Value };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignKey> GetKeyOnDeviceIdentifier(
        GetKeyOnDeviceIdentifierRequest request, ServerCallContext context) => Describe(
        await FindAsync(
            request.ApplicationName,
            request.DeviceName,
            request.DeviceIdentifier,
            request.KeyName,
            request.TableName,
            request.RecordId,
            context),
        context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetKeyValueOnDeviceIdentifierResponse> GetKeyValueOnDeviceIdentifier(
        GetKeyValueOnDeviceIdentifierRequest request, ServerCallContext context)
    {
        var key = await FindAsync(
            request.ApplicationName,
            request.DeviceName,
            request.DeviceIdentifier,
            request.KeyName,
            request.TableName,
            request.RecordId,
            context);
        return new GetKeyValueOnDeviceIdentifierResponse { KeyValue = key.Value };
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<Empty> DeleteForeignKeyOnName(DeleteForeignKeyOnNameRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(limits.Value);
        var device = check.Device(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        var name = check.KeyName(request.KeyName);
        var record = check.Record(request.TableName, request.RecordId);
        check.Done();
        var filter = new KeyFilter(device, name, record.Table.Length == 0 ? null : record.Table, record.Id == 0 ? null : record.Id);
        await store.DeleteKeysAsync(filter, context.CancellationToken);
        return new Empty();
    }

    private async Task<ForeignKey> SaveAsync(
        ForeignKey? key, string application, string deviceName, string identifier, ServerCallContext context)
    {
        var check = new RequestCheck(limits.Value);
        var (address, value) = check.Key(key, check.Device(application, deviceName, identifier));
        check.Done();
        return Describe(await store.SaveKeyAsync(address, value, Caller.Of(context).FullName, context.CancellationToken), context);
    }

    private async Task<StoredKey> FindAsync(
        string application, string deviceName, string? identifier, string name, string table, int recordId, ServerCallContext context)
    {
        var check = new RequestCheck(limits.Value);
        var address = new KeyAddress(check.Device(application, deviceName, identifier), check.Record(table, recordId), check.KeyName(name));
        check.Done();
        return await store.FindKeyAsync(address, context.CancellationToken) ?? throw Failures.NotFound(
            $"There is no key '{name}' for table '{table}' and record {recordId} on device '{deviceName}' of application '{application}'.");
    }

    private ForeignKey Describe(StoredKey stored, ServerCallContext context)
    {
        var key = stored.ToCarrier();
        rights.Describe(key, Caller.Of(context).Role);
        return key;
    }
}
