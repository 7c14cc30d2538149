namespace ForeignGrpc.Store.Model;

/// <summary>Where a row stands in the natural order of the list.</summary>
/// <param name="AppId">The application.</param>
/// <param name="DeviceId">The device; null where the application has none.</param>
/// <param name="Key">What identifies the key on the device; null where it has none.</param>
public sealed record ListPosition(int AppId, int? DeviceId, ListPosition.KeyPosition? Key)
{
    /// <summary>Table number, record and name of a key.</summary>
    public sealed record KeyPosition(int TableId, int RecordId, string Name);
}
