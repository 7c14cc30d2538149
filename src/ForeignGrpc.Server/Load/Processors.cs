namespace ForeignGrpc.Server.Load;

/// <summary>The processors of the machine.</summary>
internal static class Processors
{
    /// <summary>
    /// Half the processors, at least one. Work on large bodies and responses gets half, so that small calls run beside it.
    /// </summary>
    public static int Half { get; } = Math.Max(1, Environment.ProcessorCount / 2);
}
