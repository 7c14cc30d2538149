using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Status = Grpc.Core.StatusCode;

namespace ForeignGrpc.Server.Tests;

/// <summary>
/// Each limit of how much may be under way: what is over it is refused and told when to come back, and what is under it goes on.
/// </summary>
public sealed class LoadTests
{
    private const string Read = "ForeignApp/load/unit/Key/k//0";
    private const string Call = "ForeignApp/load/unit/1/Key";

    private static readonly SaveForeignKeyRequest Save = new()
    {
        ApplicationName = "load",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" },
    };

    [Theory]
    [InlineData("--Limits:Calls=3", HttpStatusCode.ServiceUnavailable, Status.Unavailable, "OVERLOADED")]
    [InlineData("--Limits:CallsPerCaller=3", HttpStatusCode.TooManyRequests, Status.ResourceExhausted, "TOO_MANY_CALLS")]
    public async Task MoreCallsThanTheLimit_AreRefused_UntilOthersEnd(string setting, HttpStatusCode status, StatusCode code, string reason)
    {
        await RunningServer.WithAsync([setting], async server =>
        {
            var rest = server.Rest();
            var slow = new List<TcpClient>();
            using var refused = await UntilAsync(
                async () =>
                {
                    slow.Add(await BeginAsync(server, Call, contentLength: 100, sent: 1));
                    return await rest.GetAsync(Read);
                },
                response => response.StatusCode != HttpStatusCode.NotFound);
            Assert.True(slow.Count >= 3);
            var error = await refused.ReadErrorAsync(status);
            Assert.Contains(setting[2..].Split('=')[0], error, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            var overGrpc = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().SaveForeignKeyAsync(Save));
            Assert.Equal(code, overGrpc.StatusCode);
            Assert.Equal(reason, overGrpc.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
            Assert.Equal(1, overGrpc.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.Seconds);
            Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("/health/ready")).StatusCode);
            if (status == HttpStatusCode.TooManyRequests)
            {
                Assert.Equal(HttpStatusCode.NotFound, (await server.Rest(UserRole.Reader).GetAsync(Read)).StatusCode);
            }

            slow.ForEach(client => client.Dispose());
            await UntilAsync(() => rest.GetAsync(Read), response => response.StatusCode == HttpStatusCode.NotFound);
            await server.Grpc().SaveForeignKeyAsync(Save);
        });
    }

    [Fact]
    public async Task MoreCallsOfAnAddressThanTheLimit_WhereNoCredentialIsNeeded_AreRefused() =>
        await RunningServer.WithAsync(["--Limits:CallsPerAddress=2"], async server =>
        {
            var rest = server.Rest(role: null);
            var slow = new List<TcpClient>();
            using var refused = await UntilAsync(
                async () =>
                {
                    slow.Add(await BeginAsync(server, "Session/Login", contentLength: 100, sent: 1, "POST"));
                    return await rest.GetAsync("/openapi/v1.json");
                },
                response => response.StatusCode != HttpStatusCode.OK);

            await refused.ReadErrorAsync(HttpStatusCode.TooManyRequests);
            Assert.Equal(HttpStatusCode.NotFound, (await server.Rest().GetAsync(Read)).StatusCode);
            slow.ForEach(client => client.Dispose());
        });

    [Fact]
    public async Task MoreCallsInASecondThanTheLimit_AreRefused_UntilTheNext() =>
        await RunningServer.WithAsync(["--Limits:CallsPerSecond=20"], async server =>
        {
            var rest = server.Rest();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => rest.GetAsync(Read)));

            var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
            Assert.InRange(answers.Length - refused.Count, 20, 20 * (1 + Math.Ceiling(clock.Elapsed.TotalSeconds)));
            Assert.All(refused, answer => Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta));
            Assert.All(answers.Except(refused), answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
            Assert.Equal(HttpStatusCode.NotFound, (await server.Rest(UserRole.Reader).GetAsync(Read)).StatusCode);
            await UntilAsync(() => rest.GetAsync(Read), answer => answer.StatusCode == HttpStatusCode.NotFound);
        });

    [Fact]
    public async Task BodiesThatHoldTooMuchTogether_AreRefused_AndGiveItBack() =>
        await RunningServer.WithAsync(["--Limits:BodyMemory=2097152"], async server =>
        {
            var rest = server.Rest();
            var bodies = new List<TcpClient>();
            async Task HoldOneMoreAsync() => bodies.Add(await BeginAsync(server, Call, contentLength: 1_000_000, sent: 600_000));
            using var refused = await UntilAsync(
                async () =>
                {
                    await HoldOneMoreAsync();
                    return await rest.PutAsync(Call, Http.Json(Body(1_000_000)));
                },
                response => response.StatusCode != HttpStatusCode.BadRequest);
            Assert.True(bodies.Count >= 2);
            var error = await refused.ReadErrorAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Contains("Limits:BodyMemory", error, StringComparison.Ordinal);
            var large = Save.Clone();
            large.ForeignKey.KeyValue = new string('x', 1_000_000);
            var overGrpc = await UntilAsync(
                async () =>
                {
                    await HoldOneMoreAsync();
                    return await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().SaveForeignKeyAsync(large));
                },
                failure => failure.StatusCode != Status.InvalidArgument);
            Assert.Equal(Status.Unavailable, overGrpc.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await rest.PutAsync(Call, Http.Json(Body(7_000)))).StatusCode);

            bodies.ForEach(client => client.Dispose());
            await UntilAsync(
                () => rest.PutAsync(Call, Http.Json(Body(1_000_000))), response => response.StatusCode == HttpStatusCode.BadRequest);
            Assert.Equal(Status.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(
                async () => await server.Grpc().SaveForeignKeyAsync(large))).StatusCode);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LargeAnswersThatNobodyReads_HoldNoMoreThanTheLimit_AndGiveItBack(bool overGrpc) =>
        await RunningServer.WithAsync(["--Limits:BodyMemory=9000000"], async server =>
        {
            const int Keys = 500;
            var agent = server.Grpc();
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => agent.SaveForeignKeyAsync(Large(i)).ResponseAsync));
            const string List = """{"ApplicationName":"load"}""";
            var list = new GetApplicationKeysRequest { ApplicationName = "load" };
            using var client = new HttpClient();
            var unread = new List<IDisposable>();
            var refused = await UntilRefusedAsync(async () =>
            {
                unread.Add(
                    overGrpc
                        ? await BeginUnreadAsync(client, server, list)
                        : await BeginAsync(server, "Agents/ForeignSystem/GetApplicationKeys", List.Length, List.Length, "POST", List));
                await agent.GetApplicationKeysAsync(list);
            });

            Assert.InRange(unread.Count, 2, 10);
            Assert.Equal(Status.Unavailable, refused.StatusCode);
            Assert.Contains("Limits:BodyMemory", refused.Status.Detail, StringComparison.Ordinal);
            using var overRest = await server.Rest().PostAsync(
                "Agents/ForeignSystem/GetApplicationKeys", Http.Json("""{"ApplicationName":"load"}"""));
            await overRest.ReadErrorAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal(new string('x', 8_000), (await agent.GetKeyAsync(
                new GetKeyRequest { ApplicationName = "load", DeviceName = "unit", KeyName = "k", TableName = "contact" })).KeyValue);

            unread.ForEach(caller => caller.Dispose());
            await UntilAsync(() => server.Rest().GetAsync("ForeignApp"), response => response.StatusCode == HttpStatusCode.OK);
            Assert.Equal(Keys, (await agent.GetApplicationKeysAsync(list)).ForeignKeys.Count);
        });

    [Fact]
    public async Task LargeAnswersOfOneCaller_LeaveAnotherItsTurn() =>
        await RunningServer.WithAsync(["--Limits:LargeAnswersAtOnce=1"], async server =>
        {
            const int Calls = 100;
            var agent = server.Grpc();
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => agent.SaveForeignKeyAsync(Large(i)).ResponseAsync));
            var list = new GetApplicationKeysRequest { ApplicationName = "load" };
            var other = server.Grpc(UserRole.Reader);
            await other.GetApplicationKeysAsync(list);
            var many = Enumerable.Range(0, Calls).Select(_ => agent.GetApplicationKeysAsync(list).ResponseAsync).ToList();
            await Task.WhenAny(many);

            await other.GetApplicationKeysAsync(list);

            Assert.InRange(many.Count(call => call.IsCompleted), 1, Calls / 2);
            Assert.All(await Task.WhenAll(many), answer => Assert.Equal(200, answer.ForeignKeys.Count));
        });

    [Fact]
    public async Task AnswerLargerThanTheLimit_IsRefused_AndStreamed() =>
        await RunningServer.WithAsync(["--Limits:AnswerBytes=1048576"], async server =>
        {
            const int Keys = 200;
            var agent = server.Grpc();
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => agent.SaveForeignKeyAsync(Large(i)).ResponseAsync));

            var overGrpc = await Assert.ThrowsAsync<RpcException>(
                async () => await agent.GetApplicationKeysAsync(new GetApplicationKeysRequest { ApplicationName = "load" }));
            Assert.Equal(
                (Status.ResourceExhausted, "TOO_MANY"), (overGrpc.StatusCode, overGrpc.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
            using var overRest = await server.Rest().PostAsync(
                "Agents/ForeignSystem/GetApplicationKeys", Http.Json("""{"ApplicationName":"load"}"""));
            Assert.Contains(
                "1,048,576 bytes (setting Limits:AnswerBytes)", await overRest.ReadErrorAsync(HttpStatusCode.TooManyRequests),
                StringComparison.Ordinal);
            using var page = await server.Rest().GetAsync("ForeignApp");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            using var stream = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = "load" });
            Assert.Equal(
                Enumerable.Range(0, Keys), (await stream.ResponseStream.ReadAllAsync().ToListAsync()).Select(key => key.RecordId).Order());
        });

    [Theory]
    [InlineData("x", "application/json", HttpStatusCode.OK)]
    [InlineData("x", "application/xml", HttpStatusCode.OK)]
    [InlineData("&", "application/json", HttpStatusCode.OK)]
    [InlineData("&", "application/xml", HttpStatusCode.TooManyRequests)]
    [InlineData("漢", "application/json", HttpStatusCode.TooManyRequests)]
    [InlineData("漢", "application/xml", HttpStatusCode.TooManyRequests)]
    [InlineData("\u0002", "application/json", HttpStatusCode.TooManyRequests)]
    [InlineData("\u0002", "application/xml", HttpStatusCode.TooManyRequests)]
    public async Task BytesOfAnAnswer_AreThoseThatAreWritten(string character, string accept, HttpStatusCode status) =>
        await RunningServer.WithAsync(
            ["--Limits:AnswerBytes=1048576"],
            async server =>
            {
                const int Keys = 60;
                var value = string.Concat(Enumerable.Repeat(character, 8_000));
                var agent = server.Grpc();
                await Task.WhenAll(Enumerable.Range(0, Keys).Select(async i =>
                {
                    var save = Large(i);
                    save.ForeignKey.KeyValue = value;
                    await agent.SaveForeignKeyAsync(save);
                }));

                var isXml = accept.EndsWith("xml", StringComparison.Ordinal);
                var written = isXml ? value.Replace("&", "&amp;", StringComparison.Ordinal) : value;
                using var request = new HttpRequestMessage(HttpMethod.Post, "Agents/ForeignSystem/GetApplicationKeys")
                {
                    Content = Http.Json("""{"ApplicationName":"load"}"""),
                };
                request.Headers.Accept.ParseAdd(accept);
                using var response = await server.Rest().SendAsync(request);
                var body = await response.Content.ReadAsStringAsync();
                Assert.Equal(status, response.StatusCode);
                Assert.Equal(response.Content.Headers.ContentLength, Encoding.UTF8.GetByteCount(body));
                Assert.Equal(status == HttpStatusCode.OK ? Keys : 0, body.Split(written).Length - 1);
            });

    [Fact]
    public async Task MessageThatGrowsBeyondTheLimitWhenItIsDecompressed_IsRefused_BeforeItIsLarge() =>
        await RunningServer.WithAsync([], async server =>
        {
            var bomb = Compress(new byte[200_000_000]);
            Assert.InRange(bomb.Length, 1, 1_048_576);
            using var client = new HttpClient();
            var before = GC.GetTotalAllocatedBytes();

            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(server.GrpcUri, $"{SessionAgent.Descriptor.FullName}/Login"))
            {
                Content = new ByteArrayContent([1, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(bomb.Length)), .. bomb]),
                Headers = { { "grpc-encoding", "gzip" }, { "te", "trailers" } },
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Content.Headers.ContentType = new("application/grpc");
            using var response = await client.SendAsync(request);

            await response.Content.ReadAsStringAsync();
            var status = response.Headers.TryGetValues("grpc-status", out var early) ? early
                : response.TrailingHeaders.TryGetValues("grpc-status", out var late) ? late : [];
            Assert.Equal([$"{(int)Status.ResourceExhausted}"], status);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
            await server.Grpc().SaveForeignKeyAsync(Save, new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        });

    [Fact]
    public async Task FloodOfWrongPasswords_IsRefused_AndLeavesKnownCallersAlone() => await RunningServer.WithAsync([], async server =>
    {
        var known = server.Rest();
        Assert.Equal(HttpStatusCode.NotFound, (await known.GetAsync(Read)).StatusCode);
        var stranger = server.Rest(role: null);
        var flood = Enumerable.Range(0, 200).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Read);
            request.Headers.Authorization = new(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Admin:{i}"))));
            return await stranger.SendAsync(request);
        }).ToList();

        Assert.Equal(HttpStatusCode.NotFound, (await known.GetAsync(Read)).StatusCode);
        Assert.Contains(flood, answer => !answer.IsCompleted);
        var answers = (await Task.WhenAll(flood)).ToLookup(answer => answer.StatusCode);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers.Select(status => status.Key).Order());
        Assert.All(answers[HttpStatusCode.TooManyRequests], answer => Assert.NotNull(answer.Headers.RetryAfter));
    });

    [Fact]
    public async Task PasswordInUse_IsHashedOnce_HoweverLong()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await RunningServer.WithAsync(new RunningServer { Settings = ["--Auth:RememberSeconds=2"], Time = time }, async server =>
        {
            var credentials = server.Services.GetRequiredService<PasswordVerifier>();
            ValueTask<User?> FindAsync() => credentials.FindAsync("Writer", "Writer 🔑:", IPAddress.Loopback);
            Assert.NotNull(await FindAsync());
            for (var uses = 0; uses < 10; uses++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                var found = FindAsync();
                Assert.True(found.IsCompleted, "The password was hashed again.");
                Assert.NotNull(await found);
            }
        });
    }

    private static byte[] Compress(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }

    /// <summary>A save of a key of 8,000 characters.</summary>
    private static SaveForeignKeyRequest Large(int record)
    {
        var save = Save.Clone();
        save.ForeignKey.MergeFrom(new ForeignKey { TableName = "contact", RecordId = record, KeyValue = new string('x', 8_000) });
        return save;
    }

    /// <summary>Begins a gRPC call whose answer is not read.</summary>
    private static async Task<IDisposable> BeginUnreadAsync(HttpClient client, RunningServer server, GetApplicationKeysRequest list)
    {
        var message = list.ToByteArray();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(server.GrpcUri, $"{ForeignSystemAgent.Descriptor.FullName}/GetApplicationKeys"))
        {
            Content = new ByteArrayContent([0, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(message.Length)), .. message]),
            Headers = { { "te", "trailers" }, { "authorization", RunningServer.Credential(UserRole.Writer) } },
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new("application/grpc");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<RpcException> UntilRefusedAsync(Func<Task> call)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60);)
        {
            try
            {
                await call();
            }
            catch (RpcException e)
            {
                return e;
            }
        }

        throw new TimeoutException("It is not refused.");
    }

    private static string Body(int characters) => $$"""{"Key":"k","Value":"{{new string('x', characters)}}"}""";

    /// <summary>Begins a call whose body does not end.</summary>
    private static async Task<TcpClient> BeginAsync(
        RunningServer server, string path, int contentLength, int sent, string verb = "PUT", string body = "")
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.RestUri.Port);
        var head =
            $"{verb} /api/v1/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: {RunningServer.Credential(UserRole.Writer)}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {contentLength}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body.PadRight(sent)));
        return client;
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> call, Func<T, bool> isRight)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); ;)
        {
            var response = await call();
            if (isRight(response))
            {
                return response;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"It is still this: {response}");
            await Task.Delay(20);
        }
    }
}
