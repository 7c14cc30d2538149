using ForeignGrpc.Benchmarks;
using ForeignGrpc.Benchmarks.Peers;

// What run.sh starts: the servers that the real one is measured beside, and the gRPC load.
await (args switch
{
    ["ceiling", var rest, var grpc] => Ceiling.RunAsync(rest, grpc),
    ["echo", var rest, var grpc] => EchoServer.RunAsync(rest, grpc),
    ["ef", var rest, var file] => EntityFrameworkPeer.RunAsync(rest, file),
    ["dapper", var rest, var file] => DapperPeer.RunAsync(rest, file),
    ["load", var what, var url, var seconds] => GrpcLoad.RunAsync(what, url, int.Parse(seconds, null)),
    _ => throw new ArgumentException("ceiling|echo REST GRPC, ef|dapper REST FILE, load save|get|echo-save|echo-get URL SECONDS"),
});
