using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>Matches the devices in a patched list with the stored devices of the application.</summary>
internal sealed class PatchedDevices(IReadOnlyList<StoredDevice> stored)
{
    private readonly Dictionary<int, StoredDevice> _byId = stored.ToDictionary(device => device.Id);
    private readonly Dictionary<(string, string), int> _idByNames = stored.ToDictionary(
        device => (device.Name, device.Identifier), device => device.Id);
    private readonly ILookup<string, int> _idsByName = stored.ToLookup(device => device.Name, device => device.Id);
    private readonly HashSet<int> _kept = [];
    private readonly Dictionary<(string, string), (DeviceSave Save, bool IsById)> _left = [];

    /// <summary>
    /// Finds the changed and new devices, in an order in which no two devices ever have the same name and identifier, and the ids of the
    /// removed devices.
    /// </summary>
    /// <param name="list">The patched list.</param>
    /// <param name="check">Collects violations: devices that are in the list twice.</param>
    public (IReadOnlyList<DeviceSave> Changed, IReadOnlyList<int> Removed) Match(IReadOnlyList<DeviceSave> list, RequestCheck check)
    {
        // Matches by id come first, then matches by identifier, then matches by name alone.
        foreach (var (i, device) in list.Index().OrderBy(item => item.Item.Id != 0 ? 0 : item.Item.Identifier is not null ? 1 : 2))
        {
            var known = device.Id == 0 ? WithId(device) : Complete(device);
            if (!_left.TryAdd((known.Name!, known.Identifier!), (known, IsById: device.Id != 0)))
            {
                // `add` of a device that the list already has repeats the same device. That is not a second device.
                var (first, isById) = _left[(known.Name!, known.Identifier!)];
                if (device.Id != 0 || !isById || IsChanged(first))
                {
                    check.RefuseSecond(i);
                }
            }
            else if (known.Id != 0 && !_kept.Add(known.Id))
            {
                check.RefuseSecond(i);
            }
        }

        var changed = _left.Values.Select(device => device.Save).Where(IsChanged).ToList();
        return ([.. changed.Where(IsInTheWay).Select(Parked), .. changed], [.. _byId.Keys.Where(id => !_kept.Contains(id))]);
    }

    /// <summary>Whether another device gets the current name and identifier of this device.</summary>
    private bool IsInTheWay(DeviceSave device) =>
        _byId.TryGetValue(device.Id, out var was) && _left.ContainsKey((was.Name, was.Identifier));

    /// <summary>A temporary name for a device, until its new name is free.</summary>
    private static DeviceSave Parked(DeviceSave device) => new(device.Id, $"{Guid.NewGuid():N}", null);

    private DeviceSave Complete(DeviceSave device) => _byId.TryGetValue(device.Id, out var was)
        ? new DeviceSave(device.Id, device.Name ?? was.Name, device.Identifier ?? was.Identifier)
        : new DeviceSave(device.Id, device.Name ?? "", device.Identifier ?? "");

    /// <summary>Adds the id to a device given without one, if a stored device matches.</summary>
    private DeviceSave WithId(DeviceSave device)
    {
        var (name, identifier) = (device.Name ?? "", device.Identifier);
        if (_idByNames.TryGetValue((name, identifier ?? ""), out var id) && !_kept.Contains(id))
        {
            return new DeviceSave(id, name, identifier ?? "");
        }

        return identifier is null && !_left.ContainsKey((name, ""))
            && _idsByName[name].Where(other => !_kept.Contains(other)).Take(2).ToArray() is [var only]
                ? new DeviceSave(only, name, _byId[only].Identifier)
                : new DeviceSave(0, name, identifier ?? "");
    }

    private bool IsChanged(DeviceSave device) =>
        !_byId.TryGetValue(device.Id, out var was) || (device.Name, device.Identifier) != (was.Name, was.Identifier);
}
