using ForeignGrpc.Server.Settings;
using ForeignGrpc.Server.Verbs;
using ForeignGrpc.Store.Model;

try
{
    return await Commands.RunAsync(args);
}
catch (Exception e) when (e is OperatorException or StoreException)
{
    // The operator can correct these errors, such as an invalid setting or a port in use. They need no stack trace.
    Console.Error.WriteLine($"ForeignGrpc: {e.Message}");
    return 1;
}
