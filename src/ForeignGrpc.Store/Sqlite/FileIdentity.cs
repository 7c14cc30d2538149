namespace ForeignGrpc.Store.Sqlite;

/// <summary>The identity of a file, which is the same under all its names, and its state at one moment.</summary>
/// <param name="DeviceMajor">The major number of the device.</param>
/// <param name="DeviceMinor">The minor number of the device.</param>
/// <param name="Inode">The number of the file on the device.</param>
/// <param name="Links">The number of names (hard links).</param>
/// <param name="Length">The length in bytes.</param>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode, uint Links, long Length)
{
    public bool IsSameFile(FileIdentity? other) =>
        other is { } file && (file.DeviceMajor, file.DeviceMinor, file.Inode) == (DeviceMajor, DeviceMinor, Inode);
}
