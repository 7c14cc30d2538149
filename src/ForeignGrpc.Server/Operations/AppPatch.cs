using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>What a patch of an application means for the store.</summary>
internal static class AppPatch
{
    /// <summary>
    /// Applies the patch. Devices are told apart by id; those without an id by name and identifier; those without an identifier, too, by
    /// the name, where one device alone has it. What stays in the list by that keeps its id, and so its keys; what does not is removed.
    /// </summary>
    /// <param name="app">The application as it is stored.</param>
    /// <param name="changes">The patch.</param>
    /// <param name="limits">How long names may be.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <returns>What to save: devices that change, each of them once its name is free. Null when nothing changes.</returns>
    /// <exception cref="Failure">INVALID_ARGUMENT or ABORTED: see <see cref="MessagePatch.Apply"/>; or what it leads to is not
    /// valid.</exception>
    public static AppSave? Of(StoredApp app, IReadOnlyList<PatchOperation> changes, KeyLimits limits, DateTimeZone? zone)
    {
        var carrier = app.ToCarrier();
        MessagePatch.Apply(carrier, changes, zone);
        var check = new RequestCheck(limits);
        var save = check.App(carrier);
        var devices = new PatchedDevices(app.Devices).Match(save.Devices, check);
        check.Done();
        return save.Name == app.Name && devices is { Changed.Count: 0, Removed.Count: 0 }
            ? null
            : save with { Id = app.Id, Devices = devices.Changed, RemovedDevices = devices.Removed };
    }
}
