namespace ForeignGrpc.Store.Model;

/// <summary>When and by whom something was saved.</summary>
/// <param name="At">The instant, in UTC, to the microsecond.</param>
/// <param name="By">Who saved it.</param>
public readonly record struct AuditStamp(DateTimeOffset At, Author By);
