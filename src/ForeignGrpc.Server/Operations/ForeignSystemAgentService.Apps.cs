using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ForeignGrpc.Server.Operations;

internal sealed partial class ForeignSystemAgentService
{
    [RequiresRole(UserRole.Reader)]
    public override Task<ForeignAppEntity> CreateDefaultForeignAppEntity(
        CreateDefaultForeignAppEntityRequest request, ServerCallContext context)
    {
        var now = new AuditStamp(time.GetUtcNow(), Caller.Of(context).Author);
        return Task.FromResult(Describe(new StoredApp(0, "", now, now, []), context));
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<ForeignAppEntity> SaveForeignAppEntity(SaveForeignAppEntityRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var app = check.App(request.ForeignAppEntity);
        check.Done();
        return await SaveAsync(app, PreconditionOf(request.UnmodifiedSince), context);
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<ForeignAppEntity> PostForeignApp(PostForeignAppRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var app = new AppSave(0, check.Application(request.AppName, "app_name"), []);
        check.Done();
        return await SaveAsync(app, default, context);
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<ForeignAppEntity> PatchForeignAppEntity(PatchForeignAppEntityRequest request, ServerCallContext context)
    {
        var hasTurn = false;
        async ValueTask<AppSave?> ChangeAsync(StoredApp app)
        {
            if (!hasTurn)
            {
                hasTurn = true;
                await AnswerAsync(app, context);
            }

            return AppPatch.Of(app, request.Changes, _limits, CallZone.Of(context)) is { } save ? RequireFewDevices(save) : null;
        }

        return Describe(
            await store.ChangeAppAsync(
                request.ForeignAppEntityId,
                ChangeAsync,
                Caller.Of(context).Author,
                PreconditionOf(request.UnmodifiedSince),
                context.CancellationToken),
            context);
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<Empty> DeleteForeignAppEntity(DeleteForeignAppEntityRequest request, ServerCallContext context)
    {
        await store.DeleteAppAsync(request.ForeignAppEntityId, PreconditionOf(request.UnmodifiedSince), context.CancellationToken);
        return new Empty();
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignAppEntity> GetForeignAppEntity(GetForeignAppEntityRequest request, ServerCallContext context) =>
        Describe(
            await AnswerAsync(
                await store.FindAppAsync(request.ForeignAppEntityId, context.CancellationToken)
                    ?? throw Failure.NotFound(Texts.Of($"There is no application with the id {request.ForeignAppEntityId}.")),
                context),
            context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignAppEntity> GetAppByName(GetAppByNameRequest request, ServerCallContext context) =>
        Describe(await FindAppAsync(request.ApplicationName, context), context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<GetApplicationDevicesResponse> GetApplicationDevices(
        GetApplicationDevicesRequest request, ServerCallContext context)
    {
        var app = await FindAppAsync(request.ApplicationName, context);
        return new GetApplicationDevicesResponse { ForeignDevices = { app.Devices.Select(Carriers.ToCarrier) } };
    }

    /// <summary>Limits the devices of a request, because one transaction saves all of them and other saves wait for it.</summary>
    private AppSave RequireFewDevices(AppSave app) =>
        app.Devices.Count + (app.RemovedDevices?.Count ?? 0) is var count && count <= _limits.SavedDevices
            ? app
            : throw Failure.InvalidArgument("foreign_app_entity.devices", Texts.Of(
                $"saves or deletes {count:N0} devices; one request may have {_limits.SavedDevices:N0} (setting Limits:SavedDevices)."));

    private static Precondition PreconditionOf(Timestamp? unmodifiedSince) => new(unmodifiedSince?.ToDateTimeOffset());

    private async Task<ForeignAppEntity> SaveAsync(AppSave app, Precondition precondition, ServerCallContext context) =>
        Describe(
            await store.SaveAppAsync(RequireFewDevices(app), Caller.Of(context).Author, precondition, context.CancellationToken), context);

    private async Task<StoredApp> FindAppAsync(string name, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        check.Application(name);
        check.Done();
        return await AnswerAsync(
            await store.FindAppAsync(name, context.CancellationToken)
                ?? throw Failure.NotFound(Texts.Of($"There is no application named '{name}'.")), context);
    }

    /// <summary>Waits for a slot where the devices of the application make the response large.</summary>
    private async Task<StoredApp> AnswerAsync(StoredApp app, ServerCallContext context)
    {
        var bytes = app.Devices.Sum(device => 512 + TextSize.Of(device.Name) + TextSize.Of(device.Identifier));
        await answers.Begin(context).GrowAsync(bytes, context.CancellationToken);
        return app;
    }
}
