using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Tests;

/// <summary>Settings, ports, health and what else the composition root decides.</summary>
public sealed class HostingTests
{
    [Theory]
    [InlineData("--Limits:Value=many", "'many' at 'Limits:Value'")]
    [InlineData("--Limits:DeviceName=0", "Limits:DeviceName is '0'. The field DeviceName must be between 1 and")]
    [InlineData("--Storage:Provider=Oracle", "Storage:Provider is 'Oracle'. Provider must be Sqlite or Postgres.")]
    [InlineData(
        "--Storage:Provider=Postgres --Limits:Key=651 --ConnectionStrings:ForeignSystem=Host=127.0.0.1;Port=1",
        "Limits:Key is '651'. With PostgreSQL it may be at most 650")]
    [InlineData(
        "--Storage:Provider=Postgres --Limits:DeviceName=450 --ConnectionStrings:ForeignSystem=Host=127.0.0.1;Port=1",
        "Limits:DeviceName and Limits:DeviceIdentifier together is '689'")]
    [InlineData("--Storage:WriteQueue=-1", "Storage:WriteQueue is '-1'")]
    [InlineData("--Limits:Calls=0", "Limits:Calls is '0'")]
    [InlineData("--Kestrel:Limits:MaxConcurrentConnections=few", "'few' at 'Kestrel:Limits:MaxConcurrentConnections'")]
    [InlineData(
        "--Kestrel:Limits:MaxConcurrentConnections=0",
        "A setting of Kestrel:Limits is out of its range: Value must be null or a positive number.")]
    [InlineData("--Auth:RememberSeconds=9999", "Auth:RememberSeconds is '9999'")]
    [InlineData("--Tables:AcceptUnknown=perhaps", "'perhaps' at 'Tables:AcceptUnknown'")]
    [InlineData("--Kestrel:Endpoints:Rest:Url=nonsense", "nonsense")]
    [InlineData(
        "--Auth:Bearer:Authority=http://login.example --Auth:Bearer:Audience=keys",
        "Auth:Bearer:Authority is 'http://login.example'. It must be an https address.")]
    [InlineData("--Auth:Bearer:KeyFile=/nowhere --Auth:Bearer:Audience=keys", "Auth:Bearer:Issuer")]
    [InlineData(
        "--Auth:Bearer:KeyFile=/nowhere --Auth:Bearer:Audience=keys --Auth:Bearer:Issuer=us",
        "Auth:Bearer:KeyFile '/nowhere' is not a valid JSON Web Key Set")]
    public async Task WrongSetting_StopsTheStartByName(string settings, string because)
    {
        await using var server = new RunningServer { Settings = settings.Split(' ') };

        var refusal = await Assert.ThrowsAsync<OperatorException>(server.InitializeAsync);

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task TakenPort_StopsTheStart()
    {
        var first = new RunningServer();
        await first.InitializeAsync();
        await using var second = new RunningServer { Settings = [$"--Kestrel:Endpoints:Rest:Url={first.RestUri}"] };

        Assert.Contains(
            "address already in use", (await Assert.ThrowsAsync<OperatorException>(second.InitializeAsync)).Message,
            StringComparison.Ordinal);

        await first.DisposeAsync();
    }

    [Fact]
    public async Task Limits_AreSettings()
    {
        var server = new RunningServer
        {
            Settings = ["--Limits:Value=3", "--Tables:AcceptUnknown=false", "--Limits:BodyBytes=2048", "--ShutdownTimeoutSeconds=7",
                "--Kestrel:Limits:MaxConcurrentConnections=123", "--Kestrel:Limits:Http2:MaxStreamsPerConnection=9",
                "--Limits:AnswerBytesPerSecond=77"],
        };
        await server.InitializeAsync();
        var kestrel = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((123, 9, 77), (
            kestrel.MaxConcurrentConnections, kestrel.Http2.MaxStreamsPerConnection, kestrel.MinResponseDataRate!.BytesPerSecond));
        Assert.Equal(TimeSpan.FromSeconds(7), server.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        var rest = server.Rest();

        var tooLong = await rest.PutAsync("ForeignApp/a/b/c/Key", Http.Json("""{"Value":"1234"}"""));
        Assert.Contains("at most 3", await tooLong.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        var unknown = await rest.PutAsync("ForeignApp/a/b/c/Key", Http.Json("""{"Value":"1","TableName":"nonsense"}"""));
        Assert.StartsWith("TableName ", await unknown.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        var large = await rest.PutAsync("ForeignApp/a/b/c/Key", Http.Json($$"""{"X":"{{new string('x', 2_048)}}"}"""));
        await large.ReadErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        var largeOverGrpc = new SaveForeignKeyRequest { ApplicationName = new string('x', 2_048) };
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().SaveForeignKeyAsync(largeOverGrpc));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);

        await server.DisposeAsync();
    }

    [Fact]
    public async Task WithTls_OnePortServesBoth()
    {
        using var folder = new TemporaryFolder();
        var certificate = Path.Combine(folder.FullName, "localhost.pfx");
        using var selfSigned = SelfSigned();
        await File.WriteAllBytesAsync(certificate, selfSigned.Export(X509ContentType.Pkcs12, "test"));
        var server = new RunningServer
        {
            Settings =
            [
                "--Kestrel:Endpoints:Grpc:Url=https://127.0.0.1:0",
                "--Kestrel:Endpoints:Rest:Url=https://127.0.0.1:0",
                $"--Kestrel:Certificates:Default:Path={certificate}",
                "--Kestrel:Certificates:Default:Password=test",
            ],
        };
        await server.InitializeAsync();
        using var rest = new HttpClient(Trusting(selfSigned)) { BaseAddress = server.RestUri };
        using var channel = GrpcChannel.ForAddress(
            server.RestUri, new GrpcChannelOptions { HttpHandler = Trusting(selfSigned), DisposeHttpClient = true });

        Assert.Equal(HttpVersion.Version11, (await rest.GetAsync("health/ready")).Version);
        var saved = await new ForeignSystemAgent.ForeignSystemAgentClient(channel).SaveForeignKeyAsync(
            new SaveForeignKeyRequest { ApplicationName = "tls", DeviceName = "unit", ForeignKey = new ForeignKey { KeyValue = "v" } },
            new Metadata { { "authorization", RunningServer.Credential(UserRole.Writer) } });
        Assert.Equal("v", saved.KeyValue);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var web = GrpcChannel.ForAddress(server.RestUri, new GrpcChannelOptions
            {
                HttpHandler = new GrpcWebHandler(Trusting(selfSigned)),
                DisposeHttpClient = true,
                HttpVersion = version,
            });
            var read = await new ForeignSystemAgent.ForeignSystemAgentClient(web).GetKeyAsync(
                new GetKeyRequest { ApplicationName = "tls", DeviceName = "unit" },
                new Metadata { { "authorization", RunningServer.Credential(UserRole.Reader) } });
            Assert.Equal("v", read.KeyValue);
        }

        await server.DisposeAsync();
    }

    [Fact]
    public void ListenAddresses_AreTheDocumentedOnes_UnlessConfigured()
    {
        Assert.Equal(
            ["Grpc http://127.0.0.1:5081 Http2", "Rest http://127.0.0.1:5080 Http1"], Listen([]));
        Assert.Equal(
            ["Grpc http://0.0.0.0:1 Http2", "Rest http://127.0.0.1:5080 Http1"], Listen(new() { ["Grpc:Url"] = "http://0.0.0.0:1" }));
        Assert.Equal(
            ["Rest https://0.0.0.0:443 Http1AndHttp2"], Listen(new() { ["Rest:Url"] = "https://0.0.0.0:443" }));
        Assert.Equal(
            ["Grpc http://[::1]:2 Http2", "Rest https://0.0.0.0:443 Http1"],
            Listen(new() { ["Rest:Url"] = "https://0.0.0.0:443", ["Rest:Protocols"] = "Http1", ["grpc:Url"] = "http://[::1]:2" }));

        static string[] Listen(Dictionary<string, string?> endpoints)
        {
            using var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();
            ((Microsoft.Extensions.Configuration.IConfigurationBuilder)configuration).Add(
                new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
                {
                    InitialData = endpoints.ToDictionary(e => $"Kestrel:Endpoints:{e.Key}", e => e.Value),
                });
            configuration.AddListenAddresses();
            return
            [
                .. configuration.GetSection("Kestrel:Endpoints").GetChildren()
                    .Select(e => $"{char.ToUpperInvariant(e.Key[0])}{e.Key[1..]} {e["Url"]} {e["Protocols"]}"),
            ];
        }
    }

    [Fact]
    public async Task Health_AnswersEveryoneOverBothDoors()
    {
        var server = new RunningServer();
        await server.InitializeAsync();
        var rest = server.Rest(role: null);
        Assert.Equal("Healthy", await rest.GetStringAsync(new Uri(server.RestUri, "health/live")));
        Assert.Equal("Healthy", await rest.GetStringAsync(new Uri(server.RestUri, "health/ready")));
        using var channel = GrpcChannel.ForAddress(server.GrpcUri);
        var health = new Health.HealthClient(channel);
        foreach (var service in new[] { "", ForeignSystemAgent.Descriptor.FullName })
        {
            var answer = await health.CheckAsync(new HealthCheckRequest { Service = service });
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        }

        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://evil.example.com", false)]
    public async Task Cors_IsForTheConfiguredOrigins(string origin, bool allowed)
    {
        var server = new RunningServer { Settings = ["--Cors:Origins:0=https://app.example.com"] };
        await server.InitializeAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "ForeignApp/a/b/c/Key");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "PUT");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        var response = await server.Rest(role: null).SendAsync(preflight);

        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task SampleUser_IsHonouredInDevelopmentOnly()
    {
        var file = Path.GetTempFileName();
        var credential = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("tje0:Tje0"u8));
        foreach (var (environment, expected) in new[]
        {
            ("Development", HttpStatusCode.NotFound), ("Production", HttpStatusCode.Unauthorized),
        })
        {
            var server =
                new RunningServer { Settings = [$"--environment={environment}", $"--ConnectionStrings:ForeignSystem=Data Source={file}"] };
            await server.InitializeAsync();
            var rest = server.Rest(role: null);
            rest.DefaultRequestHeaders.Authorization = credential;

            Assert.Equal(expected, (await rest.GetAsync("ForeignApp/a/b/Key/c//0")).StatusCode);

            await server.DisposeAsync();
        }

        File.Delete(file);
    }

    private static SocketsHttpHandler Trusting(X509Certificate2 certificate) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown),
        },
    };

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
