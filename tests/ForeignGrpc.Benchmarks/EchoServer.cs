using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ForeignGrpc.Benchmarks;

/// <summary>Bare gRPC and bare transcoding, with nothing added.</summary>
internal static class EchoServer
{
    public static async Task RunAsync(string rest, string grpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(new Uri(rest).Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(new Uri(grpc).Port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc().AddJsonTranscoding();
        await using var app = builder.Build();
        app.MapGrpcService<Service>();
        await app.RunAsync();
    }

    private sealed class Service : Echo.EchoBase
    {
        public override Task<ForeignKey> SaveForeignKey(SaveForeignKeyRequest request, ServerCallContext context) =>
            Task.FromResult(request.ForeignKey);

        public override Task<ForeignKey> GetKey(GetKeyRequest request, ServerCallContext context) => Task.FromResult(
            new ForeignKey { KeyName = request.KeyName, KeyValue = "v", TableName = request.TableName, RecordId = request.RecordId });
    }
}
