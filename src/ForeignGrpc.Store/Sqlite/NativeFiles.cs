using System.Runtime.InteropServices;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Calls of Linux that .NET lacks: the identity of a file, and the flush of a folder. On other systems they have no effect.
/// </summary>
internal static partial class NativeFiles
{
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7FF;

    /// <summary>Finds the file of a path, behind symbolic links; null when there is none, or the system is not Linux.</summary>
    public static FileIdentity? Find(string path) =>
        OperatingSystem.IsLinux() && StatX(CurrentFolder, path, 0, BasicFields, out var file) == 0
            ? new FileIdentity(file.DeviceMajor, file.DeviceMinor, file.Inode, file.Links, file.Length)
            : null;

    /// <summary>Flushes a folder, so that a file's new name survives a loss of power.</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        var flushed = descriptor >= 0 && Flush(descriptor) == 0;
        var error = Marshal.GetLastPInvokeErrorMessage();
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (!flushed)
        {
            throw new IOException($"The folder '{folder}' cannot be flushed: {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint fields, out StatXBuffer file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    /// <summary>The struct statx of Linux. Its layout is the same on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public long Length;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
