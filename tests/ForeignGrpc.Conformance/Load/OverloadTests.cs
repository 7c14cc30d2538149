using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// More than the server can do, in each way that a caller has: it takes what it can, refuses the rest in the documented way, keeps within
/// its memory, and then is as it was. Times are reported, not asserted, as the machine may be busy. FOREIGNGRPC_TEST_SECONDS says how long
/// each load lasts, 5 by default, and FOREIGNGRPC_TEST_STREAMS how many streams are opened and reset, 10,000 by default.
/// </summary>
[Collection(AloneGroup.Name)]
public sealed class OverloadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Connections = 2_000;
    private const int Megabyte = 1024 * 1024;

    /// <summary>What the process may take: the runtime, 256 MiB of bodies twice, as sockets and pipes hold some, and 5,000 calls.</summary>
    private const long MemoryLimit = 1024L * Megabyte;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(Tool.Setting("FOREIGNGRPC_TEST_SECONDS", 5));
    private static readonly int Streams = Tool.Setting("FOREIGNGRPC_TEST_STREAMS", 10_000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task TenTimesWhatACallerMay_IsRefused_AndTheRestIsAnsweredSoon()
    {
        const int Rate = 200;
        _server.Settings["Limits__CallsPerSecond"] = $"{Rate}";
        await _server.StartAsync();
        using var rest = _server.Rest(256);
        var (latencies, refused, next, calls) = (new ConcurrentBag<double>(), 0, 0, new List<Task>());
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Load)
        {
            for (var due = (int)(clock.Elapsed.TotalSeconds * Rate * 10); calls.Count < due;)
            {
                calls.Add(Task.Run(async () =>
                {
                    var call = Stopwatch.StartNew();
                    using var response = await SaveAsync(rest, "rate", Interlocked.Increment(ref next));
                    if (response.StatusCode == HttpStatusCode.OK)
                    {
                        latencies.Add(call.Elapsed.TotalMilliseconds);
                        return;
                    }

                    Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
                    Assert.NotNull(response.Headers.RetryAfter);
                    Interlocked.Increment(ref refused);
                }));
            }

            await Task.Delay(5);
        }

        await Task.WhenAll(calls);
        var p99 = Percentile(latencies, 0.99);
        Report(
            $"10 times {Rate} calls a second for {Load.TotalSeconds:F0} s: "
            + $"{latencies.Count} of {calls.Count} taken, the others 429; p99 of those {p99:F0} ms");
        Assert.InRange(latencies.Count, Rate, Rate * (Math.Ceiling(clock.Elapsed.TotalSeconds) + 1));
        Assert.Equal(calls.Count, latencies.Count + refused);
        for (clock.Restart(); ;)
        {
            using var again = await SaveAsync(rest, "again", 1);
            if (again.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            Assert.True(clock.Elapsed < Patience, "The caller's calls are refused still.");
        }

        Assert.Equal(latencies.Count, (await _server.RecordsOfAsync("rate")).Count);
    }

    [Fact]
    public async Task ThousandsOfConnectionsAtOnce_AreAnsweredOrRefused_AndNothingIsLost()
    {
        _server.Settings["Limits__CallsPerCaller"] = "500";
        await _server.StartAsync();
        var before = await LoneLatencyAsync();
        var (saved, refused, latencies) = (new ConcurrentBag<int>(), 0, new ConcurrentBag<double>());
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Connections).Select(client => Task.Run(async () =>
        {
            using var connection = await RawConnection.OpenAsync(_server.RestUri, AddressOf(client));
            for (var call = 1; !stop.IsCancellationRequested; call++)
            {
                var id = (client * 1_000_000) + call;
                var clock = Stopwatch.StartNew();
                var (status, head) = await connection.SaveAsync("flood", id);
                if (status == 200)
                {
                    latencies.Add(clock.Elapsed.TotalMilliseconds);
                    saved.Add(id);
                }
                else
                {
                    Assert.True(status is 429 or 503, head);
                    Assert.Contains("Retry-After: 1", head, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                }
            }
        })).ToArray();
        await Task.Delay(Load);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        var after = await NormalAgainAsync(before);
        var p99 = Percentile(latencies, 0.99);
        Report(
            $"{Connections} connections for {Load.TotalSeconds:F0} s, 500 calls at once allowed: "
            + $"{saved.Count / Load.TotalSeconds:F0} saves/s taken, p99 {p99:F0} ms, {refused / Load.TotalSeconds:F0}/s refused; {after}");
        Assert.NotEmpty(saved);
        Assert.Equal(saved.Order(), (await _server.RecordsOfAsync("flood")).Order());
        AssertMemory();
    }

    [Fact]
    public async Task BodiesThatNeverEnd_AndAnswersThatNobodyReads_HoldNoMoreThanTheirShare()
    {
        await _server.StartAsync();
        var before = await LoneLatencyAsync();
        using (var rest = _server.Rest())
        {
            for (var id = 0; id < 500; id++)
            {
                Assert.Equal(HttpStatusCode.OK, (await SaveAsync(rest, "slow", id, new string('x', 8_000))).StatusCode);
            }
        }

        var statuses = new ConcurrentDictionary<int, int>();
        using var stop = new CancellationTokenSource(Load);
        var callers = Enumerable.Range(0, Connections).Select(client => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var connection = await RawConnection.OpenAsync(_server.RestUri, AddressOf(client));
                var status = (client % 4) switch
                {
                    0 => await connection.SendEndlessAsync(chunked: true, stop.Token),
                    1 => await connection.SendEndlessAsync(chunked: false, stop.Token),
                    2 => await connection.SendAlmostAllAsync(Megabyte - 1_000, stop.Token),
                    _ => await connection.AskAndNotReadAsync("GET /api/v1/ForeignApp?$filter=appName%20eq%20'slow'", stop.Token),
                };
                statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            }
        })).ToArray();
        var latencies = await Task.Factory.StartNew(
            () => SaveBeside(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(callers);
        var after = await NormalAgainAsync(before);
        var p99 = Percentile(latencies, 0.99);
        var answers = statuses.OrderBy(status => status.Key).Select(status => $"{status.Key} × {status.Value}");
        Report(
            $"{Connections} connections with bodies that never end, bodies of which the end is missing, and answers of 4 MB that nobody "
            + $"reads, for {Load.TotalSeconds:F0} s: answered {string.Join(", ", answers)} (0: none yet); "
            + $"a save beside them p99 {p99:F0} ms; {after}");
        Assert.Empty(statuses.Keys.Except([0, 408, 413, 429, 503]));
        Assert.NotEmpty(latencies);
        AssertMemory();
    }

    [Fact]
    public async Task StreamsThatAreOpenedAndReset_CostNothingThatStays()
    {
        await _server.StartAsync();
        var before = await LoneLatencyAsync();
        var clock = Stopwatch.StartNew();
        var (reset, connections) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref reset) < Streams)
            {
                using var connection = await RawHttp2Connection.OpenAsync(_server.GrpcUri);
                Interlocked.Add(ref reset, await connection.ResetStreamsAsync(Streams / 20));
                Interlocked.Increment(ref connections);
            }
        })));

        var took = clock.Elapsed;
        var after = await NormalAgainAsync(before);
        Report($"{reset} streams opened and reset in {took.TotalSeconds:F1} s on {connections} connections; {after}");
        AssertMemory();
    }

    [Fact]
    public async Task CallsThatTheirCallersGiveUp_AreDoneOrNot_NeverHalf_AndHoldNothing()
    {
        _server.Settings["Limits__CallsPerCaller"] = "64";
        await _server.StartAsync();
        var (agent, metadata) = _server.Grpc();
        using var rest = _server.Rest(64);
        var (random, answered, givenUp) = (new Random(), new ConcurrentBag<int>(), new ConcurrentBag<int>());
        var (next, refused) = (0, 0);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(client => Task.Run(async () =>
        {
            while (clock.Elapsed < Load)
            {
                var id = Interlocked.Increment(ref next);
                // Some have patience: on a busy machine the others are all given up.
                var patience = id % 64 == 0 ? Patience : TimeSpan.FromMilliseconds(random.NextDouble() * 4);
                try
                {
                    if (client % 2 == 0)
                    {
                        await agent.SaveForeignKeyAsync(Save("patience", id), metadata, DateTime.UtcNow + patience);
                    }
                    else
                    {
                        using var cancel = new CancellationTokenSource(patience);
                        using var response = await SaveAsync(rest, "patience", id, cancellationToken: cancel.Token);
                        response.EnsureSuccessStatusCode();
                    }

                    answered.Add(id);
                }
                catch (Exception e) when (
                    e is OperationCanceledException
                    or RpcException
                    {
                        StatusCode: StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Unavailable or StatusCode.Internal,
                    })
                {
                    // Or the server has had enough of a connection that resets thousands of streams.
                    givenUp.Add(id);
                }
                catch (Exception e) when (
                    e is HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests }
                    or RpcException { StatusCode: StatusCode.ResourceExhausted })
                {
                    // Those before were given up by their caller, but not yet by the server.
                    Interlocked.Increment(ref refused);
                }
            }
        })));

        // As many at once as are allowed: none that was given up holds a place.
        for (clock.Restart(); ;)
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => SaveAsync(rest, "places", i)));
            if (Array.TrueForAll(all, response => response.StatusCode == HttpStatusCode.OK))
            {
                break;
            }

            Assert.True(clock.Elapsed < Patience, "Calls that were given up hold their places.");
        }

        var stored = await _server.RecordsOfAsync("patience");
        var doneAllTheSame = stored.Intersect(givenUp).Count();
        Report(
            $"{next} saves, most with up to 4 ms of patience: {answered.Count} answered, {givenUp.Count} given up, "
            + $"of which {doneAllTheSame} were done, {refused} refused");
        Assert.NotEmpty(answered);
        Assert.NotEmpty(givenUp);
        Assert.Empty(answered.Except(stored));
        Assert.Equal(answered.Count + doneAllTheSame, stored.Count);
    }

    /// <summary>Several addresses have the clients, as one may have only so many connections.</summary>
    private static IPAddress AddressOf(int client) => new([127, 0, 1, (byte)(1 + (client / 500))]);

    private static double Percentile(IEnumerable<double> values, double share) =>
        values.Order().ToList() is var sorted ? sorted[(int)(share * (sorted.Count - 1))] : 0;

    private static SaveForeignKeyRequest Save(string app, int id) => new()
    {
        ApplicationName = app,
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v", TableName = "contact", RecordId = id },
    };

    private static async Task<HttpResponseMessage> SaveAsync(
        HttpClient rest, string app, int id, string value = "v", CancellationToken cancellationToken = default)
    {
        using var request = SaveRequest(app, id, value);
        return await rest.SendAsync(request, cancellationToken);
    }

    private static HttpRequestMessage SaveRequest(string app, int id, string value = "v") =>
        new(HttpMethod.Put, $"api/v1/ForeignApp/{app}/unit//Key")
        {
            Content = JsonContent.Create(new { Key = "k", Value = value, TableName = "contact", RecordId = id }),
        };

    private void Report(string what) => output.WriteLine(what);

    private void AssertMemory() => Assert.InRange(_server.PeakMemory, 0, MemoryLimit);

    /// <summary>The median of saves one after the other.</summary>
    private async Task<double> LoneLatencyAsync()
    {
        using var rest = _server.Rest();
        var latencies = new List<double>();
        for (var id = 0; id < 300; id++)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.OK, (await SaveAsync(rest, "lone", id)).StatusCode);
            latencies.Add(clock.Elapsed.TotalMilliseconds);
        }

        return Percentile(latencies, 0.5);
    }

    /// <summary>
    /// Saves one after the other, on a thread that does not wait for those of this process's other calls; returns how long each took, in
    /// milliseconds.
    /// </summary>
    private List<double> SaveBeside(CancellationToken until)
    {
        using var rest = _server.Rest();
        var latencies = new List<double>();
        while (!until.IsCancellationRequested)
        {
            using var request = SaveRequest("beside", latencies.Count);
            var clock = Stopwatch.StartNew();
            using var response = rest.Send(request, CancellationToken.None);
            latencies.Add(clock.Elapsed.TotalMilliseconds);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        return latencies;
    }

    private async Task<string> NormalAgainAsync(double before)
    {
        // What callers do is nothing that an operator must look at.
        Assert.False(_server.Log.Contains("   at ", StringComparison.Ordinal), _server.Log);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var began = clock.Elapsed;
            var now = await LoneLatencyAsync();
            if (now < 3 * before)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"a lone save took {before:F1} ms before and {now:F1} ms {began.TotalSeconds:F1} s after; "
                    + $"{_server.PeakMemory / Megabyte} MB at most");
            }

            Assert.True(clock.Elapsed < Patience, $"A lone save took {before} ms before and {now} ms {clock.Elapsed} after the load.");
        }
    }
}
