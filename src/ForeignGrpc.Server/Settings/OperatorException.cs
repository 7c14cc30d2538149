namespace ForeignGrpc.Server.Settings;

/// <summary>The program cannot do what it was started for; the message is for the operator.</summary>
internal sealed class OperatorException(string message) : Exception(message);
