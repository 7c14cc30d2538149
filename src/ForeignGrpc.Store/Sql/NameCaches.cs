using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>The caches in which sessions remember numbers and names. What may go stale is for whoever remembers it to see to.</summary>
internal static class NameCaches
{
    private const int Entries = 100_000;
    private const long NameBytes = 8 * 1024 * 1024;
    private const long DeviceBytes = 32 * 1024 * 1024;

    /// <summary>What a text takes on the heap beside its characters.</summary>
    private const int TextBytes = 24;

    public static BoundedCache<string, TNumber> ByName<TNumber>() =>
        new(Entries, NameBytes, static (name, _) => SizeOf(name), comparer: StringComparer.Ordinal);

    public static BoundedCache<TNumber, string> ByNumber<TNumber>()
        where TNumber : struct => new(Entries, NameBytes, static (_, name) => SizeOf(name));

    public static BoundedCache<DeviceAddress, long> Devices() => new(
        Entries, DeviceBytes, static (device, _) => SizeOf(device.Application) + SizeOf(device.Device) + SizeOf(device.Identifier));

    private static int SizeOf(string? text) => text is null ? 0 : TextBytes + (2 * text.Length);
}
