namespace ForeignGrpc.Server.Tests;

/// <summary>A clock that stands where it is set, also back; its timers run as they do.</summary>
public sealed class SetTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Now;
}
