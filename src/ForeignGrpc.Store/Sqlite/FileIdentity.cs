namespace ForeignGrpc.Store.Sqlite;

/// <summary>Which file it is, whatever its names are, and what it was like when it was looked at.</summary>
/// <param name="DeviceMajor">The device that has it, in two numbers.</param>
/// <param name="DeviceMinor">The second of them.</param>
/// <param name="Inode">Its number on the device.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode, uint Links, long Length)
{
    public bool IsSameFile(FileIdentity? other) =>
        other is { } file && (file.DeviceMajor, file.DeviceMinor, file.Inode) == (DeviceMajor, DeviceMinor, Inode);
}
