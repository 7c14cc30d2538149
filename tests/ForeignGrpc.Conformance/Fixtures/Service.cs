using System.Net.Http.Headers;
using System.Text;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ForeignGrpc.Conformance;

/// <summary>What clients call: a server, or several behind one address.</summary>
public abstract class Service : IAsyncLifetime
{
    /// <summary>The user of the documented sample.</summary>
    public const string User = "tje0";

    public const string Password = "Tje0";

    private GrpcChannel? _channel;

    /// <summary>A port that the system chooses.</summary>
    protected static Uri AnyPort { get; } = new("http://127.0.0.1:0/");

    public static AuthenticationHeaderValue Credential { get; } =
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));

    /// <summary>Where it listens, once it is started; there it stays.</summary>
    public Uri RestUri { get; protected set; } = AnyPort;

    /// <inheritdoc cref="RestUri"/>
    public Uri GrpcUri { get; protected set; } = AnyPort;

    /// <summary>Why it cannot run here; null when it can.</summary>
    public virtual string? Missing => null;

    public abstract Task InitializeAsync();

    public virtual Task DisposeAsync()
    {
        _channel?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>An HTTP client with the sample's credential.</summary>
    public HttpClient Rest(int connections = 64)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = RestUri };
        client.DefaultRequestHeaders.Authorization = Credential;
        return client;
    }

    /// <summary>A gRPC client, and the metadata that every call needs.</summary>
    public (ForeignSystemAgent.ForeignSystemAgentClient Client, Metadata Metadata) Grpc()
    {
        _channel ??= GrpcChannel.ForAddress(GrpcUri);
        return (new ForeignSystemAgent.ForeignSystemAgentClient(_channel), new Metadata { { "authorization", Credential.ToString() } });
    }

    /// <summary>The records that an application has keys on, one for each key.</summary>
    public async Task<List<int>> RecordsOfAsync(string app)
    {
        var (agent, metadata) = Grpc();
        using var call = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = app }, metadata);
        return await call.ResponseStream.ReadAllAsync().Select(key => key.RecordId).ToListAsync();
    }

    /// <summary>Skips the test where the service cannot run; returns the service otherwise.</summary>
    public Service OrSkip()
    {
        Skip.If(Missing is not null, Missing);
        return this;
    }

    /// <inheritdoc cref="PostgresCluster.Missing"/>
    protected static string? MissingPostgres => PostgresCluster.Missing;
}
