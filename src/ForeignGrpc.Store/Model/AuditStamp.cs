namespace ForeignGrpc.Store.Model;

/// <summary>When something was saved, and by whom.</summary>
/// <param name="At">The instant, in UTC, to the microsecond.</param>
/// <param name="By">The person who saved it.</param>
public readonly record struct AuditStamp(DateTimeOffset At, Author By);
