using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using NodaTime;

namespace ForeignGrpc.Server.Operations;

/// <summary>Translates a patch of an application into a save.</summary>
internal static class AppPatch
{
    /// <summary>
    /// Applies the patch to the stored application. A device in the patched list is matched with a stored device by id; without an id, by
    /// name and identifier; without an identifier, by a name that only one device has. A matched device keeps its id and its keys. A stored
    /// device without a match is removed.
    /// </summary>
    /// <param name="app">The stored application.</param>
    /// <param name="changes">The patch.</param>
    /// <param name="limits">How long names may be.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <returns>The save, with changed devices in an order in which each name is free when it is used. Null if nothing changes.</returns>
    /// <exception cref="Failure">INVALID_ARGUMENT or ABORTED: see <see cref="MessagePatch.Apply"/>; or INVALID_ARGUMENT: the patched
    /// application is invalid.</exception>
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
