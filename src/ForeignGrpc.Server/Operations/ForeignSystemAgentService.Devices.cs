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
    public override Task<ForeignDevice> GetDeviceByName(GetDeviceByNameRequest request, ServerCallContext context) =>
        FindDeviceAsync(new DeviceAddress(request.ApplicationName, request.DeviceName, null), context);

    [RequiresRole(UserRole.Reader)]
    public override Task<ForeignDevice> GetDeviceByIdentifier(GetDeviceByIdentifierRequest request, ServerCallContext context) =>
        FindDeviceAsync(new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier), context);

    [RequiresRole(UserRole.Reader)]
    public override async Task<ForeignDevice> GetForeignDevice(GetForeignDeviceRequest request, ServerCallContext context) => Describe(
        await store.FindDeviceAsync(request.ForeignDeviceId, context.CancellationToken)
            ?? throw Failure.NotFound(Texts.Of($"There is no device with the id {request.ForeignDeviceId}.")),
        context);

    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignDevice> AddDeviceByIdentifier(AddDeviceByIdentifierRequest request, ServerCallContext context) =>
        SaveDeviceAsync(new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier), null, context);

    [RequiresRole(UserRole.Writer)]
    public override Task<ForeignDevice> SaveDeviceByIdentifier(SaveDeviceByIdentifierRequest request, ServerCallContext context) =>
        SaveDeviceAsync(
            new DeviceAddress(request.ApplicationName, request.DeviceName, request.DeviceIdentifier), request.ForeignDevice, context);

    [RequiresRole(UserRole.Writer)]
    public override async Task<ForeignDevice> SaveForeignDevice(SaveForeignDeviceRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var carrier = check.Required(request.ForeignDevice, "foreign_device");
        var device = check.Device(carrier, "foreign_device");
        var application = check.Application(await ApplicationOfAsync(request.ApplicationName, carrier, context));
        check.Done();
        return Describe(
            await store.SaveDeviceAsync(application, device, Caller.Of(context).Author, context.CancellationToken), context);
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<Empty> DeleteDeviceByIdentifier(DeleteDeviceByIdentifierRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var address = check.Address(request.ApplicationName, request.DeviceName, request.DeviceIdentifier);
        check.Done();
        await store.DeleteDeviceAsync(address, context.CancellationToken);
        return new Empty();
    }

    [RequiresRole(UserRole.Writer)]
    public override async Task<Empty> DeleteForeignDevice(DeleteForeignDeviceRequest request, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        var carrier = check.Required(request.ForeignDevice, "foreign_device");
        var (id, name, identifier) = check.Device(carrier, "foreign_device");
        var application = check.Application(await ApplicationOfAsync(request.ApplicationName, carrier, context));
        check.Done();
        await (id == 0
            ? store.DeleteDeviceAsync(new DeviceAddress(application, name!, identifier ?? ""), context.CancellationToken)
            : store.DeleteDeviceAsync(application, id, context.CancellationToken));
        return new Empty();
    }

    private async Task<ForeignDevice> FindDeviceAsync(DeviceAddress address, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        check.Address(address.Application, address.Device, address.Identifier);
        check.Done();
        return Describe(
            await store.FindDeviceAsync(address, context.CancellationToken)
                ?? throw Failure.NotFound(Texts.Of($"There is no device '{address.Device}' of application '{address.Application}'.")),
            context);
    }

    private async Task<ForeignDevice> SaveDeviceAsync(DeviceAddress address, ForeignDevice? carrier, ServerCallContext context)
    {
        var check = new RequestCheck(_limits);
        check.Address(address.Application, address.Device, address.Identifier);
        var (name, identifier) = carrier is null ? (null, null) : check.NewDeviceNames(carrier, "foreign_device");
        check.Done();
        return Describe(
            // A blank name does not rename the device, because the address has its name.
            await store.SaveDeviceAsync(
                address, name is "" ? null : name, identifier, Caller.Of(context).Author, context.CancellationToken),
            context);
    }

    /// <summary>The given name of the application; if it is blank, the name of the application with the id in the message.</summary>
    private async Task<string> ApplicationOfAsync(string name, ForeignDevice carrier, ServerCallContext context)
    {
        if (name.Length > 0 || carrier.ForeignAppId == 0)
        {
            return name;
        }

        return (await store.FindAppAsync(carrier.ForeignAppId, context.CancellationToken))?.Name
            ?? throw Failure.InvalidArgument(
                "foreign_device.foreign_app_id", Texts.Of($"is {carrier.ForeignAppId}, but there is no application with that id."));
    }
}
