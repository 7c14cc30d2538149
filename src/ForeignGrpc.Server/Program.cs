using ForeignGrpc.Server.Settings;
using ForeignGrpc.Server.Verbs;
using ForeignGrpc.Store.Model;

try
{
    return await Commands.RunAsync(args);
}
catch (Exception e) when (e is OperatorException or StoreException)
{
    // What an operator can mend needs no stack trace: a wrong setting, a file that cannot be opened, a port that is taken.
    Console.Error.WriteLine($"ForeignGrpc: {e.Message}");
    return 1;
}
