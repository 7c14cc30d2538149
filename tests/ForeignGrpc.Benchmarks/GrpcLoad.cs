using System.Diagnostics;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ForeignGrpc.Benchmarks;

/// <summary>Calls over gRPC from 4 connections of 64 streams each, every save of a record of its own.</summary>
internal static class GrpcLoad
{
    private const int Connections = 4;
    private const int Streams = 64;

    private static readonly Metadata Credential = new() { { "authorization", "Basic dGplMDpUamUw" } };

    public static async Task RunAsync(string what, string url, int seconds)
    {
        var (clock, end) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(seconds));
        var record = Random.Shared.Next(1_000_000_000);
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => GrpcChannel.ForAddress(url)).SelectMany(channel =>
        {
            var call = CallOf(what, channel.CreateCallInvoker(), () => Interlocked.Increment(ref record));
            return Enumerable.Range(0, Streams).Select(_ => Task.Run(async () =>
            {
                var mine = new List<double>();
                while (clock.Elapsed < end)
                {
                    var start = clock.Elapsed;
                    await call();
                    mine.Add((clock.Elapsed - start).TotalMilliseconds);
                }

                return mine;
            }));
        }));
        Report.Print(times.SelectMany(mine => mine), clock.Elapsed);
    }

    private static Func<Task> CallOf(string what, CallInvoker invoker, Func<int> nextRecord)
    {
        var (agent, echo) = (new ForeignSystemAgent.ForeignSystemAgentClient(invoker), new Echo.EchoClient(invoker));
        var get = new GetKeyRequest { ApplicationName = "erp", DeviceName = "dev", KeyName = "k", TableName = "contact", RecordId = 5 };
        return what switch
        {
            "save" => () => agent.SaveForeignKeyAsync(Save(nextRecord()), Credential).ResponseAsync,
            "get" => () => agent.GetKeyAsync(get, Credential).ResponseAsync,
            "echo-save" => () => echo.SaveForeignKeyAsync(Save(nextRecord()), Credential).ResponseAsync,
            "echo-get" => () => echo.GetKeyAsync(get, Credential).ResponseAsync,
            _ => throw new ArgumentException(what, nameof(what)),
        };
    }

    private static SaveForeignKeyRequest Save(int record) => new()
    {
        ApplicationName = "erp",
        DeviceName = "dev",
        DeviceIdentifier = "id1",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = $"v{record}", TableName = "contact", RecordId = record },
    };
}
