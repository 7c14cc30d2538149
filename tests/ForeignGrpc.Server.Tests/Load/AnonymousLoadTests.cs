using System.Net;
using System.Net.Http.Headers;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ForeignGrpc.Server.Tests;

/// <summary>What callers without a credential can take from those who have one, and from probes: nothing.</summary>
public sealed class AnonymousLoadTests
{
    private const string Read = "ForeignApp/load/unit/Key/k//0";
    private const int Addresses = 12;
    private const int CallsOfEach = 10;
    private const int Places = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Watch")]
    [InlineData("Reflection")]
    [InlineData("Login over REST")]
    [InlineData("Login over gRPC")]
    [InlineData("Login over grpc-web")]
    [InlineData("Login over grpc-web-text")]
    public async Task CallsWithoutACredential_HeldFromManyAddresses_TakeNoPlaceOfThoseWithOne(string kind)
    {
        // Fewer calls than the addresses hold together, as 5,000 are fewer than those of 51 addresses with 100 each.
        await using var server = await StartAsync(
            "--Limits:Calls=100", "--Limits:CallsPerAddress=10", $"--Limits:AnonymousCalls={Places}", "--environment=Development");
        var held = new List<HeldCall>();
        for (var i = 0; i < Addresses * CallsOfEach; i++)
        {
            held.Add(await HeldCall.BeginAsync(server, kind, IPAddress.Parse($"127.0.1.{1 + (i % Addresses)}")));
        }

        await UntilAsync(() => held.Count(call => call.Ended.IsCompleted) >= held.Count - Places);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Rest().GetAsync(Read)).StatusCode);
        Assert.NotNull(await server.Grpc().GetAllAsync(new GetAllRequest()));
        await AssertProbesAsync(server, IPAddress.Parse("127.0.1.1"));
        var refused = await Task.WhenAll(held.Where(call => call.Ended.IsCompleted).Select(call => call.Ended));
        // On a busy machine the first calls have lasted two seconds when the last begin, which then take their places.
        Assert.All(refused, end => Assert.True(
            end.StartsWith("HTTP/1.1 503", StringComparison.Ordinal)
                || end.Contains("setting Limits:AnonymousCalls", StringComparison.Ordinal) || IsAborted(end), end));

        held.ForEach(call => call.Dispose());
    }

    [Theory]
    [InlineData("Reflection")]
    [InlineData("Login over REST")]
    [InlineData("Login over gRPC")]
    [InlineData("Login over grpc-web")]
    [InlineData("Login over grpc-web-text")]
    public async Task HeldCall_IsAborted_WhereAnotherCallNeedsItsPlace(string kind)
    {
        await using var server = await StartAsync("--Limits:AnonymousCalls=1", "--environment=Development");
        var held = await HeldCall.BeginAsync(server, kind, IPAddress.Parse("127.0.1.1"));

        await UntilAsync(async () =>
        {
            await LogInAsync();
            if (held.Ended.IsCompleted && !IsAborted(await held.Ended))
            {
                // It was refused, because a login came first.
                held.Dispose();
                held = await HeldCall.BeginAsync(server, kind, IPAddress.Parse("127.0.1.1"));
            }

            return held.Ended.IsCompleted;
        });

        held.Dispose();
        Assert.Equal(HttpStatusCode.BadRequest, await LogInAsync());

        async Task<HttpStatusCode> LogInAsync()
        {
            var rest = server.Rest(role: null, IPAddress.Parse("127.0.1.2"));
            return (await rest.PostAsync("Session/Login", new StringContent("{", null, "application/json"))).StatusCode;
        }
    }

    [Theory]
    [InlineData("Reflection")]
    [InlineData("Login over REST")]
    [InlineData("Login over gRPC")]
    [InlineData("Login over grpc-web")]
    [InlineData("Login over grpc-web-text")]
    public async Task CallWithoutACredential_EndsWhenItsTimeIsUp(string kind)
    {
        await using var server = await StartAsync("--Limits:AnonymousSeconds=1", "--environment=Development");
        using var watch = await HeldCall.BeginAsync(server, "Watch", IPAddress.Loopback);
        using var held = await HeldCall.BeginAsync(server, kind, IPAddress.Loopback);

        await held.Ended.WaitAsync(Patience);

        Assert.False(watch.Ended.IsCompleted);
    }

    [Fact]
    public async Task Probes_AreNeverLimited_WhateverElseTheirAddressDoes()
    {
        await using var server = await StartAsync("--Limits:CallsPerSecond=2", "--Limits:CallsPerAddress=1", "--Limits:AnonymousCalls=1");
        using var held = await HeldCall.BeginAsync(server, "Login over REST", IPAddress.Loopback);
        var rest = server.Rest();
        await UntilAsync(async () => (await rest.GetAsync(Read)).StatusCode == HttpStatusCode.TooManyRequests);

        for (var i = 0; i < 10; i++)
        {
            await AssertProbesAsync(server, IPAddress.Loopback);
        }
    }

    [Fact]
    public async Task ManyProbesAtOnce_AskTheStoreOnce()
    {
        var store = System.Reflection.DispatchProxy.Create<IForeignSystemStore, SlowStore>();
        await using var server = await StartAsync();
        var check = new StoreHealthCheck(
            store,
            server.Services.GetRequiredService<StoreOutage>(),
            server.Services.GetRequiredService<IHostApplicationLifetime>());
        var probes = Enumerable.Range(0, 1_000).Select(_ => check.CheckHealthAsync(new HealthCheckContext())).ToList();

        ((SlowStore)(object)store).Answer.SetResult();

        Assert.All(await Task.WhenAll(probes), result => Assert.Equal(HealthStatus.Healthy, result.Status));
        Assert.Equal(1, ((SlowStore)(object)store).Asked);
        await check.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(2, ((SlowStore)(object)store).Asked);
    }

    [Theory]
    [InlineData("--environment=Development", null, StatusCode.OK)]
    [InlineData("--environment=Production", null, StatusCode.Unauthenticated)]
    [InlineData("--environment=Production", UserRole.Reader, StatusCode.OK)]
    [InlineData("--Grpc:Reflection=false", UserRole.Reader, StatusCode.Unimplemented)]
    public async Task Reflection_NeedsACredentialOutsideDevelopment_AndCanBeSwitchedOff(string setting, UserRole? role, StatusCode expected)
    {
        await using var server = await StartAsync(setting);
        using var call = new ServerReflection.ServerReflectionClient(server.GrpcInvoker(role)).ServerReflectionInfo();
        var status = StatusCode.OK;
        // A server that has refused the call may reset the request while it is written: what is read says why.
        await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" }));
        try
        {
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Contains(
                ForeignSystemAgent.Descriptor.FullName, call.ResponseStream.Current.ListServicesResponse.Service.Select(
                    service => service.Name));
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
        }

        Assert.Equal(expected, status);
    }

    private static bool IsAborted(string end) => end.Length == 0 || end.Contains("reset the stream", StringComparison.Ordinal);

    private static async Task AssertProbesAsync(RunningServer server, IPAddress from)
    {
        var rest = server.Rest(role: null, from);
        rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "nonsense");
        Assert.Equal("Healthy", await rest.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await rest.GetStringAsync("/health/ready"));
        var health = await new Health.HealthClient(server.GrpcInvoker(role: null, from)).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    private static Task UntilAsync(Func<bool> isRight) => UntilAsync(() => Task.FromResult(isRight()));

    private static async Task UntilAsync(Func<Task<bool>> isRight)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !await isRight(); await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < Patience, "It has not come to that.");
        }
    }

    private static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var server = new RunningServer { Settings = settings };
        await server.InitializeAsync();
        return server;
    }

    /// <summary>A store that is asked whether it is well and takes its time.</summary>
    public class SlowStore : System.Reflection.DispatchProxy
    {
        private int _asked;

        public TaskCompletionSource Answer { get; } = new();

        public int Asked => _asked;

        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IForeignSystemStore.CheckAsync), targetMethod!.Name);
            Interlocked.Increment(ref _asked);
            return Answer.Task;
        }
    }
}
