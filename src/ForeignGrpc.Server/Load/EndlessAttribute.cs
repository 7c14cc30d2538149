namespace ForeignGrpc.Server.Load;

/// <summary>
/// Marks an anonymous operation whose calls run until the caller ends them. Such calls have places of their own and no time limit.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EndlessAttribute : Attribute;
