using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>The server in this process, on sockets and a database file of its own, with a user of each role.</summary>
public sealed class RunningServer : IAsyncLifetime, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _clients = [];
    private WebApplication? _app;

    /// <summary>Settings beside the defaults, as command line arguments.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The server's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Uri RestUri { get; private set; } = null!;

    public Uri GrpcUri { get; private set; } = null!;

    /// <summary>What the server is made of.</summary>
    public IServiceProvider Services => _app!.Services;

    /// <summary>Runs a test on a server with these settings.</summary>
    public static Task WithAsync(IReadOnlyList<string> settings, Func<RunningServer, Task> test) =>
        WithAsync(new RunningServer { Settings = settings }, test);

    /// <summary>Runs a test on a server that has not been started.</summary>
    public static async Task WithAsync(RunningServer server, Func<RunningServer, Task> test)
    {
        await server.InitializeAsync();
        try
        {
            await test(server);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    public async Task InitializeAsync()
    {
        _app = await Hosting.ServerBuilder.BuildAsync(
        [
            "--Kestrel:Endpoints:Grpc:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Rest:Url=http://127.0.0.1:0",
            $"--ConnectionStrings:ForeignSystem=Data Source={Path.Combine(_folder.FullName, "foreign.db")}",
            .. Settings,
        ],
        services => services.AddSingleton(Time));
        var passwords = new Passwords();
        var users = _app.Services.GetRequiredService<IUserStore>();
        foreach (var role in Enum.GetValues<UserRole>())
        {
            if (await users.FindUserAsync($"{role}", default) is null)
            {
                await users.AddUserAsync(new User($"{role}", $"The {role}", role, passwords.Hash($"{role} 🔑:")), default);
            }
        }

        await Hosting.ServerBuilder.StartAsync(_app);

        // Kestrel listens in the order of the endpoints' names.
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        GrpcUri = new Uri(addresses.First());
        RestUri = new Uri(addresses.Last());
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>Stops it as SIGTERM does.</summary>
    public Task StopAsync() => _app!.StopAsync();

    /// <summary>The value of an Authorization header.</summary>
    internal static string Credential(UserRole role) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{role}:{role} 🔑:"));

    /// <summary>Adds a ticket or session of a user, and returns its secret.</summary>
    internal async Task<string> AddTicketAsync(string user, TicketKind kind, DateTimeOffset expires)
    {
        var store = _app!.Services.GetRequiredService<IForeignSystemStore>();
        var secret = NewSecret();
        var password = (await store.FindUserAsync(user, default))!.PasswordHash;
        Assert.NotNull(await store.AddTicketAsync(
            new NewTicket(user, password, kind, SHA256.HashData(Encoding.ASCII.GetBytes(secret)), expires), default));
        return secret;
    }

    /// <summary>A text of the shape of a ticket's secret, which no ticket has.</summary>
    internal static string NewSecret() => $"7T:{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>An HTTP client at `/api/v1/` with the credential of a user of the role, or with none.</summary>
    /// <param name="role">The user's role; null sends no credential.</param>
    /// <param name="from">The client's own address, one of 127.0.0.0/8; null leaves the choice to the system.</param>
    internal HttpClient Rest(UserRole? role = UserRole.Writer, IPAddress? from = null)
    {
        var client = new HttpClient(ConnectingFrom(from)) { BaseAddress = new Uri(RestUri, "/api/v1/") };
        if (role is { } known)
        {
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(Credential(known));
        }

        _clients.Add(client);
        return client;
    }

    /// <summary>A native gRPC client.</summary>
    internal ForeignSystemAgent.ForeignSystemAgentClient Grpc(UserRole? role = UserRole.Writer) => new(GrpcInvoker(role));

    /// <summary>A native gRPC connection, for calls that a generated client cannot make.</summary>
    internal CallInvoker GrpcInvoker(UserRole? role = UserRole.Writer, IPAddress? from = null) =>
        Invoker(GrpcUri, ConnectingFrom(from), role);

    /// <summary>A grpc-web connection, as pages of browsers have it.</summary>
    /// <param name="role">The user's role; null sends no credential.</param>
    /// <param name="mode">Whether bodies are binary or base64.</param>
    /// <param name="overHttp2">Whether to call the gRPC port over HTTP/2 instead of the REST port over HTTP/1.</param>
    /// <param name="path">The path before that of the operations.</param>
    internal CallInvoker GrpcWebInvoker(
        UserRole? role = UserRole.Writer, GrpcWebMode mode = GrpcWebMode.GrpcWeb, bool overHttp2 = false, string path = "/") => Invoker(
        overHttp2 ? GrpcUri : RestUri,
        new BelowPath(path, new GrpcWebHandler(mode, ConnectingFrom(null))),
        role,
        overHttp2 ? HttpVersion.Version20 : HttpVersion.Version11);

    private CallInvoker Invoker(Uri address, HttpMessageHandler handler, UserRole? role, Version? version = null)
    {
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            HttpVersion = version,
            DisposeHttpClient = true,
            UnsafeUseInsecureChannelCallCredentials = true,
            Credentials = role is { } known
                ? ChannelCredentials.Create(ChannelCredentials.Insecure, CallCredentials.FromInterceptor((_, metadata) =>
                {
                    metadata.Add("authorization", Credential(known));
                    return Task.CompletedTask;
                }))
                : ChannelCredentials.Insecure,
        });
        _clients.Add(channel);
        return channel.CreateCallInvoker();
    }

    /// <summary>Connects to the server from an address of 127.0.0.0/8, so that a test can be several clients.</summary>
    internal static async Task<Stream> ConnectAsync(Uri server, IPAddress? from, CancellationToken cancellationToken = default)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from is not null)
            {
                client.Bind(new IPEndPoint(from, 0));
            }

            await client.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
            return new NetworkStream(client, ownsSocket: true);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static SocketsHttpHandler ConnectingFrom(IPAddress? from) => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
            await ConnectAsync(context.InitialRequestMessage.RequestUri!, from, cancellationToken),
    };

    /// <summary>Puts a path before that of each request, which a gRPC channel cannot.</summary>
    private sealed class BelowPath(string path, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(request.RequestUri!, path + request.RequestUri!.AbsolutePath.TrimStart('/'));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
