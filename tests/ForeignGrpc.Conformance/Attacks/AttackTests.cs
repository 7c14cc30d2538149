using System.Globalization;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Attacks on a server with default settings, from as many addresses as each wants, beside eight ordinary callers: the server lives, its
/// memory stays bounded, and every ordinary call succeeds. FOREIGNGRPC_TEST_ATTACK_SECONDS says how long each attack lasts, 2 by default;
/// at 10 or more, ordinary calls may in the median take at most three times as long as without the attack, and must be back to normal after
/// it.
/// </summary>
public abstract class AttackTests(ServerProcess server, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;
    private const int MemoryLimit = 512 * Megabyte;

    /// <summary>A shorter attack tells too little of latencies.</summary>
    private const int JudgedFrom = 10;

    private static readonly int Seconds = Tool.Setting("FOREIGNGRPC_TEST_ATTACK_SECONDS", 2);

    private readonly ServerProcess _server = server;

    private static bool IsLong => Seconds >= JudgedFrom;

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    private async Task OrdinaryCallersAreServedBesideAsync(string name)
    {
        var known = KnownAttacks.All.Single(attack => attack.Name == name);
        var credential = known.Role is null ? null : await AddUserAsync(known.Role);
        await (known.PrepareAsync?.Invoke(_server, IsLong) ?? Task.CompletedTask);
        using var callers = new OrdinaryCallers(_server.RestUri);
        await callers.CallUntilAsync(Task.Delay(1_000));
        var (before, _, _) = await callers.CallUntilAsync(Task.Delay(Math.Min(5_000, Seconds * 500)));

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
        var attack = new Attack(_server, credential, end.Token);
        var attacking = known.RunAsync(attack);
        var (during, longest, statuses) = await callers.CallUntilAsync(attacking);
        await attacking;
        await callers.CallUntilAsync(Task.Delay(Math.Min(5_000, Seconds * 500)));
        var (after, _, statusesAfter) = await callers.CallUntilAsync(Task.Delay(Math.Min(2_000, Seconds * 500)));

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {string.Join(", ", attack.Statuses)} | {before:F2} | {during:F2} | "
            + $"{during / before:F1} | {longest:F0} | {after:F2} | {_server.PeakMemory / Megabyte} |"));
        Assert.Equal([200], statuses.Keys);
        Assert.Equal([200], statusesAfter.Keys);
        Assert.InRange(_server.PeakMemory, 0, MemoryLimit);
        Assert.True(!_server.Log.Contains("   at ", StringComparison.Ordinal), _server.Log);
        if (IsLong)
        {
            Assert.True(
                during <= 3 * before, $"An ordinary call took {before} ms in the median before the attack and {during} ms beside it.");
            Assert.True(
                after <= 1.5 * before, $"An ordinary call took {before} ms in the median before the attack and {after} ms after it.");
        }
    }

    private async Task<string> AddUserAsync(string role)
    {
        var (exitCode, _, error) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "users", "add", "mallory", "--role", role], _server.Folder, "attacker's password\n",
            _server.Settings);
        Assert.True(exitCode == 0, error);
        return "Basic " + Convert.ToBase64String("mallory:attacker's password"u8);
    }

    /// <summary>Every attack.</summary>
    [Collection(AloneGroup.Name)]
    public sealed class OnSqlite(ITestOutputHelper output) : AttackTests(new ServerProcess(), output)
    {
        public static TheoryData<string> Names => [.. KnownAttacks.All.Select(attack => attack.Name)];

        [Theory]
        [MemberData(nameof(Names))]
        public Task OrdinaryCallers_AreServedBesideIt(string name) => OrdinaryCallersAreServedBesideAsync(name);
    }

    /// <summary>The attacks that reach the database: the others end before it.</summary>
    [Collection(AloneGroup.Name)]
    public sealed class OnPostgres(ITestOutputHelper output) : AttackTests(new PostgresServer(), output)
    {
        public static TheoryData<string> Names =>
            [.. KnownAttacks.All.Where(attack => attack.ReachesDatabase).Select(attack => attack.Name)];

        [SkippableTheory]
        [MemberData(nameof(Names))]
        public Task OrdinaryCallers_AreServedBesideIt(string name)
        {
            _server.OrSkip();
            return OrdinaryCallersAreServedBesideAsync(name);
        }
    }
}
