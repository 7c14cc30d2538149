using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Makes the caches of numbers and names. The owner of a cache removes stale entries.</summary>
internal static class NameCaches
{
    private const int Entries = 100_000;
    private const long NameBytes = 8 * 1024 * 1024;
    private const long DeviceBytes = 32 * 1024 * 1024;

    /// <summary>How many bytes a text takes on the heap besides its characters.</summary>
    private const int TextBytes = 24;

    public static BoundedCache<string, TNumber> ByName<TNumber>() =>
        new(Entries, NameBytes, static (name, _) => SizeOf(name), comparer: StringComparer.Ordinal);

    public static BoundedCache<TNumber, string> ByNumber<TNumber>()
        where TNumber : struct => new(Entries, NameBytes, static (_, name) => SizeOf(name));

    public static BoundedCache<DeviceAddress, long> Devices() => new(
        Entries, DeviceBytes, static (device, _) => SizeOf(device.Application) + SizeOf(device.Device) + SizeOf(device.Identifier));

    private static int SizeOf(string? text) => text is null ? 0 : TextBytes + (2 * text.Length);
}
