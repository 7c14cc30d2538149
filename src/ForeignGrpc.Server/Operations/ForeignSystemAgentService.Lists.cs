using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Operations;

internal sealed partial class ForeignSystemAgentService
{
    [RequiresRole(UserRole.Reader)]
    public override async Task<GetApplicationKeysResponse> GetApplicationKeys(
        GetApplicationKeysRequest request, ServerCallContext context) =>
        new() { ForeignKeys = { await ListKeysAsync(new KeyQuery(request.ApplicationName), context) } };

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetDeviceKeysResponse> GetDeviceKeys(GetDeviceKeysRequest request, ServerCallContext context) =>
        new() { ForeignKeys = { await ListKeysAsync(new KeyQuery(request.ApplicationName, request.DeviceName), context) } };

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetDeviceKeysOnDeviceIdentifierResponse> GetDeviceKeysOnDeviceIdentifier(
        GetDeviceKeysOnDeviceIdentifierRequest request, ServerCallContext context) => new()
        {
            ForeignKeys =
                { await ListKeysAsync(new KeyQuery(request.ApplicationName, request.DeviceName, request.DeviceIdentifier), context) },
        };

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetDeviceKeysOnDeviceIdentifierTableResponse> GetDeviceKeysOnDeviceIdentifierTable(
        GetDeviceKeysOnDeviceIdentifierTableRequest request, ServerCallContext context)
    {
        var query = new KeyQuery(request.ApplicationName, request.DeviceName, request.DeviceIdentifier, request.TableName);
        return new GetDeviceKeysOnDeviceIdentifierTableResponse { ForeignKeys = { await ListKeysAsync(query, context) } };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetDeviceKeysOnDeviceIdentifierTableRecordIdResponse> GetDeviceKeysOnDeviceIdentifierTableRecordId(
        GetDeviceKeysOnDeviceIdentifierTableRecordIdRequest request, ServerCallContext context)
    {
        var query = new KeyQuery(
            request.ApplicationName, request.DeviceName, request.DeviceIdentifier, request.TableName, request.RecordId);
        return new GetDeviceKeysOnDeviceIdentifierTableRecordIdResponse { ForeignKeys = { await ListKeysAsync(query, context) } };
    }

    [RequiresRole(UserRole.Reader)]
    public override Task StreamApplicationKeys(
        StreamApplicationKeysRequest request, IServerStreamWriter<ForeignKey> responseStream, ServerCallContext context) =>
        StreamAsync(new KeyQuery(request.ApplicationName), responseStream, context);

    [RequiresRole(UserRole.Reader)]
    public override Task StreamDeviceKeys(
        StreamDeviceKeysRequest request, IServerStreamWriter<ForeignKey> responseStream, ServerCallContext context)
    {
        var query = new KeyQuery(
            request.ApplicationName,
            request.DeviceName,
            request.HasDeviceIdentifier ? request.DeviceIdentifier : null,
            request.HasTableName ? request.TableName : null);
        return StreamAsync(query, responseStream, context);
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetAllForeignKeysOnEntityResponse> GetAllForeignKeysOnEntity(
        GetAllForeignKeysOnEntityRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var record = check.Entity(request.EntityType, request.EntityId);
        check.Done();
        var keys = await store.ListKeysOnRecordAsync(record, TurnOf(context), context.CancellationToken);
        await answers.Begin(context).GrowAsync(keys.Sum(key => SizeOf(key.Key)), context.CancellationToken);
        var response = new GetAllForeignKeysOnEntityResponse();
        foreach (var (device, key) in keys)
        {
            // The list has the oldest keys first. Of keys with the same name in the dictionary the oldest counts.
            response.ForeignKeys.TryAdd($"{device.Application}.{device.Device}{device.Identifier}.{key.Name}", key.Value);
        }

        return response;
    }

    private async Task<List<ForeignKey>> ListKeysAsync(KeyQuery query, ServerCallContext context)
    {
        Check(query);
        var answer = answers.Begin(context);
        var keys = new List<ForeignKey>();
        await foreach (var page in store.ListKeysAsync(query with { Caller = TurnOf(context) }, context.CancellationToken))
        {
            if (keys.Count + page.Count > _limits.ListedKeys)
            {
                throw Failure.TooMany(_limits.ListedKeys);
            }

            await answer.GrowAsync(page.Sum(SizeOf), context.CancellationToken);
            keys.AddRange(page.Select(Carriers.ToCarrier));
        }

        return keys;
    }

    /// <summary>About how many bytes a key takes in memory, or on the wire if that is more.</summary>
    private static long SizeOf(StoredKey key) => 256 + TextSize.Of(key.Name) + TextSize.Of(key.Value);

    private async Task StreamAsync(KeyQuery query, IServerStreamWriter<ForeignKey> stream, ServerCallContext context)
    {
        Check(query);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        await foreach (var page in store.ListKeysAsync(query with { Caller = TurnOf(context) }, end.Token))
        {
            foreach (var key in page)
            {
                // A write that is canceled would reset the stream without a status.
                end.Token.ThrowIfCancellationRequested();
                await stream.WriteAsync(key.ToCarrier(), context.CancellationToken);
            }
        }
    }

    private void Check(KeyQuery query)
    {
        var check = new RequestCheck(_limits);
        if (query.Device is null)
        {
            check.Application(query.Application);
        }
        else
        {
            check.Address(query.Application, query.Device, query.Identifier);
        }

        check.Record(query.Table ?? "", query.RecordId ?? 0);
        check.Done();
    }
}
