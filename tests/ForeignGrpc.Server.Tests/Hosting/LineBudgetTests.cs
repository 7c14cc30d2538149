using ForeignGrpc.Server.Calls;
using Microsoft.Extensions.Time.Testing;

namespace ForeignGrpc.Server.Tests;

/// <summary>How many lines of the log callers can cause.</summary>
public sealed class LineBudgetTests
{
    [Fact]
    public void Budget_IsOfAMinute_AndTellsWhatItLeftOut()
    {
        var time = new FakeTimeProvider();
        var budget = new LineBudget(time, linesPerMinute: 3);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.TryTake(out var leftOut) && leftOut == 0));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(budget.TryTake(out _));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.TryTake(out var left));
        Assert.Equal(3, left);
        Assert.True(budget.TryTake(out left));
        Assert.Equal(0, left);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(budget.TryTake(out left));
        Assert.Equal(0, left);
    }
}
