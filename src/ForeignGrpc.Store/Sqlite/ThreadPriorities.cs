using System.Runtime.InteropServices;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Priorities of threads, which .NET leaves as they are on Linux.</summary>
internal static class ThreadPriorities
{
    private const int OfThread = 0;
    private const int Niceness = 10;

    /// <summary>
    /// Has the system run this thread after others, a tenth of the time when they have enough to do. Without effect elsewhere than on
    /// Linux.
    /// </summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux the number 0 is this thread, not its process. It is always allowed to make oneself nicer.
            _ = SetPriority(OfThread, 0, Niceness);
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int niceness);
}
