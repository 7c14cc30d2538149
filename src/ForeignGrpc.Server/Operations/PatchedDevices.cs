using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>Finds out which of an application's devices those are that a patch leaves in its list.</summary>
internal sealed class PatchedDevices(IReadOnlyList<StoredDevice> stored)
{
    private readonly Dictionary<int, StoredDevice> _byId = stored.ToDictionary(device => device.Id);
    private readonly Dictionary<(string, string), int> _idByNames = stored.ToDictionary(
        device => (device.Name, device.Identifier), device => device.Id);
    private readonly ILookup<string, int> _idsByName = stored.ToLookup(device => device.Name, device => device.Id);
    private readonly HashSet<int> _kept = [];
    private readonly Dictionary<(string, string), (DeviceSave Save, bool IsById)> _left = [];

    /// <summary>
    /// Which devices change or are new, in an order in which no two ever have the same name and identifier, and the ids of those that are
    /// gone.
    /// </summary>
    /// <param name="list">The list as the patch leaves it.</param>
    /// <param name="check">Notes devices that are in the list twice.</param>
    public (IReadOnlyList<DeviceSave> Changed, IReadOnlyList<int> Removed) Match(IReadOnlyList<DeviceSave> list, RequestCheck check)
    {
        // Who names the id has the device; then who names its identifier; then who names it alone.
        foreach (var (i, device) in list.Index().OrderBy(item => item.Item.Id != 0 ? 0 : item.Item.Identifier is not null ? 1 : 2))
        {
            var known = device.Id == 0 ? WithId(device) : Complete(device);
            if (!_left.TryAdd((known.Name!, known.Identifier!), (known, IsById: device.Id != 0)))
            {
                // The device itself again, as `add` gives it to a list that has it, is no second one.
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

    /// <summary>Whether another device gets the names that the device has.</summary>
    private bool IsInTheWay(DeviceSave device) =>
        _byId.TryGetValue(device.Id, out var was) && _left.ContainsKey((was.Name, was.Identifier));

    /// <summary>A name for as long as another takes the device's own.</summary>
    private static DeviceSave Parked(DeviceSave device) => new(device.Id, $"{Guid.NewGuid():N}", null);

    private DeviceSave Complete(DeviceSave device) => _byId.TryGetValue(device.Id, out var was)
        ? new DeviceSave(device.Id, device.Name ?? was.Name, device.Identifier ?? was.Identifier)
        : new DeviceSave(device.Id, device.Name ?? "", device.Identifier ?? "");

    /// <summary>A device that is given without its id, with the id if it is there.</summary>
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
