using ForeignGrpc.Benchmarks;
using ForeignGrpc.Benchmarks.Peers;

// What run.sh and sizes.sh start: the servers that the real one is measured beside, loads, the maker of databases. And the edge by itself.
await (args switch
{
    ["ceiling", var rest, var grpc] => Ceiling.RunAsync(rest, grpc),
    ["echo", var rest, var grpc] => EchoServer.RunAsync(rest, grpc),
    ["ef", var rest, var file] => EntityFrameworkPeer.RunAsync(rest, file),
    ["dapper", var rest, var file] => DapperPeer.RunAsync(rest, file),
    ["fill", var file, var keys] => Fill.RunAsync(file, int.Parse(keys, null)),
    ["commit", var file, var seconds] => LoneCommits.RunAsync(file, int.Parse(seconds, null)),
    ["postgres", var how, var connection, var callers, var seconds] =>
        PostgresSaves.RunAsync(how, connection, int.Parse(callers, null), int.Parse(seconds, null)),
    ["removal", var how, var connection, var keys, var devices] =>
        Removal.RunAsync(how, connection, int.Parse(keys, null), int.Parse(devices, null)),
    ["edge"] => EdgeBenchmarks.RunAsync(),
    ["load", var what, var url, var seconds] => GrpcLoad.RunAsync(what, url, int.Parse(seconds, null)),
    _ => throw new ArgumentException(
        "ceiling|echo REST GRPC, ef|dapper REST FILE, fill FILE KEYS, commit FILE SECONDS, "
        + "postgres insert|bare|store CONNECTION CALLERS SECONDS, removal sqlite|postgres CONNECTION KEYS DEVICES, "
        + "edge, load save|get|echo-save|echo-get URL SECONDS"),
});
