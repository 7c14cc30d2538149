namespace ForeignGrpc.Server.Hosting;

/// <summary>The program cannot do what it was started for; the message is for the operator.</summary>
internal sealed class StartupException(string message) : Exception(message);
