using System.Runtime.InteropServices;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Sets the priority of threads, which .NET does not do on Linux.</summary>
internal static class ThreadPriorities
{
    private const int OfThread = 0;
    private const int Niceness = 10;

    /// <summary>
    /// Lowers the priority of this thread: on a busy machine it gets about a tenth of the time of another thread. Only on Linux.
    /// </summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux 0 means this thread, not its process. A thread may always lower its own priority.
            _ = SetPriority(OfThread, 0, Niceness);
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int niceness);
}
