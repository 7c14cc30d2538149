using System.Runtime.InteropServices;

namespace ForeignGrpc.Store.Tests;

/// <summary>
/// How long processors have worked for a thread or a process, on Linux. Unlike the time that passes, it does not grow when others keep the
/// processors busy.
/// </summary>
internal static class ProcessorClock
{
    private const int ThisThread = 3;

    public static TimeSpan OfThisThread() => Read(ThisThread);

    public static TimeSpan OfProcess(int id) =>
        GetClockOfProcess(id, out var clock) == 0 ? Read(clock) : throw new InvalidOperationException($"There is no process {id}.");

    private static TimeSpan Read(int clock) => GetTime(clock, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000.0)
        : throw new InvalidOperationException($"The clock {clock} cannot be read.");

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [DllImport("libc", EntryPoint = "clock_getcpuclockid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetClockOfProcess(int process, out int clock);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
