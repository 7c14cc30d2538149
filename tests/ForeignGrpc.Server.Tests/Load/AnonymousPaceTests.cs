using System.Net;
using ForeignGrpc.Server.Load;
using Microsoft.Extensions.Time.Testing;

namespace ForeignGrpc.Server.Tests;

/// <summary>Calls without an authenticated caller keep to a pace while callers are served, and never hold up a response.</summary>
public sealed class AnonymousPaceTests
{
    /// <summary>How many calls come at once without a wait.</summary>
    private const int Burst = 100;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void NobodyWaits_WhereNoCallerIsServed()
    {
        var pace = new AnonymousPace(_time);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous()));
    }

    [Fact]
    public void AboveTheBurst_EachWaitsAStepLonger_FiveSecondsAtMost()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();

        Assert.All(Enumerable.Range(0, Burst), _ => Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous()));
        Assert.All(Enumerable.Range(1, 2_500), number => Assert.Equal(number * Step, pace.NoteAnonymous()));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(TimeSpan.FromSeconds(5), pace.NoteAnonymous()));
    }

    [Fact]
    public void ThePace_IsKeptOverTime()
    {
        var pace = new AnonymousPace(_time);
        var (calls, free) = (0, new DateTimeOffset[300]);
        for (var end = _time.GetUtcNow() + TimeSpan.FromSeconds(10); _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(1)))
        {
            pace.NoteCaller();
            for (var connection = 0; connection < free.Length; connection++)
            {
                if (free[connection] <= _time.GetUtcNow())
                {
                    free[connection] = _time.GetUtcNow() + pace.NoteAnonymous();
                    calls++;
                }
            }
        }

        Assert.InRange(calls, 5_000, 5_000 + Burst + free.Length);
    }

    [Fact]
    public void WhoComesAfterAFlood_WaitsNoLongerThanItsLastCaller()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        for (var call = 0; call < 1_000_000; call++)
        {
            pace.NoteAnonymous();
        }

        for (var second = 0; second < 6; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            pace.NoteCaller();
        }

        Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous());
    }

    [Fact]
    public void ASecondAfterTheLastCaller_NobodyWaits()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        Assert.Contains(Enumerable.Range(0, 200).Select(_ => pace.NoteAnonymous()), wait => wait > TimeSpan.Zero);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous());
    }

    [Fact]
    public async Task ConnectionWaits_AndItsResponseDoesNot() =>
        await RunningServer.WithAsync(new RunningServer { Time = _time }, async server =>
        {
            using var oneConnection =
                new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = server.RestUri };
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server.Rest()));
            for (var count = 0; count <= Burst; count++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(oneConnection));
            }

            var next = AskAsync(oneConnection);

            Assert.Equal(HttpStatusCode.OK, await AskAsync(server.Rest()));
            Assert.False(next.IsCompleted);
            while (!next.IsCompleted)
            {
                // The connection may begin its wait after this.
                _time.Advance(Step);
                await Task.WhenAny(next, Task.Delay(Step));
            }

            Assert.Equal(HttpStatusCode.Unauthorized, await next);
        });

    private static async Task<HttpStatusCode> AskAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/api/v1/ForeignApp/default");
        return response.StatusCode;
    }
}
