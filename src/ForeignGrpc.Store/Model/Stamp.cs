namespace ForeignGrpc.Store.Model;

/// <summary>When and by whom something was done.</summary>
/// <param name="At">The instant, in UTC, to the microsecond.</param>
/// <param name="By">Full name of the user.</param>
public readonly record struct Stamp(DateTimeOffset At, string By);
