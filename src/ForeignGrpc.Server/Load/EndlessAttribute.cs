namespace ForeignGrpc.Server.Load;

/// <summary>
/// An anonymous operation whose calls go on until their callers end them: they have places of their own, and no time limit.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EndlessAttribute : Attribute;
