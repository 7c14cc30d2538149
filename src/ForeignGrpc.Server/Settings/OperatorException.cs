namespace ForeignGrpc.Server.Settings;

/// <summary>An error that the operator can correct, such as an invalid setting. The program prints the message and exits.</summary>
internal sealed class OperatorException(string message) : Exception(message);
