namespace ForeignGrpc.Store.Tests;

/// <summary>Turns that are fair.</summary>
public sealed class FairTurnsTests
{
    [Fact]
    public async Task ThoseWhoWait_GetTheirTurnsRoundRobin()
    {
        var turns = new FairTurns(1, 10);
        var first = await turns.TakeAsync("a");
        var order = new List<string>();
        string[] names = ["a1", "a2", "a3", "b1", "b2", "c1"];
        var waiting = names.Select(async name =>
        {
            using var turn = await turns.TakeAsync(name[..1]);
            order.Add(name);
        }).ToArray();

        first!.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], order);
    }

    [Fact]
    public async Task AsManyAsThereAre_AreTakenAtOnce()
    {
        var turns = new FairTurns(2, 0);
        using var one = await turns.TakeAsync("a");
        var two = await turns.TakeAsync("a");

        Assert.Null(await turns.TakeAsync("b"));
        two!.Dispose();
        two.Dispose();
        Assert.NotNull(await turns.TakeAsync("b"));
        Assert.Null(await turns.TakeAsync("b"));
    }

    [Fact]
    public async Task WhoLeaves_MakesRoomForOthers()
    {
        var turns = new FairTurns(1, 1);
        var first = await turns.TakeAsync("a");
        using var leaving = new CancellationTokenSource();
        var left = turns.TakeAsync("a", leaving.Token);
        Assert.Null(await turns.TakeAsync("a"));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        var next = turns.TakeAsync("a");
        first!.Dispose();

        Assert.NotNull(await next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turns.TakeAsync("a", leaving.Token));
    }
}
