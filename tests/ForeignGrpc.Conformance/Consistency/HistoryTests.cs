namespace ForeignGrpc.Conformance;

/// <summary>The checker of histories by itself.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void ReadOfWhatWasWrittenBefore_OrMeanwhile_IsLinearizable()
    {
        AssertIs(true, Write(1, 2, 7), Read(3, 4, 7));
        AssertIs(true, Write(1, 9, 7), Read(2, 3, null), Read(4, 5, 7), Read(6, 7, 7));
        AssertIs(true, Write(1, 9, 7), Write(2, 8, 8), Read(10, 11, 7));
        AssertIs(true, Write(1, 9, 7), Write(2, 8, 8), Read(3, 4, 8), Read(5, 6, 7));
        AssertIs(true, Write(1, 2, 7), Write(3, 9, null), Read(4, 5, 7), Read(6, 7, null));
    }

    [Fact]
    public void LostWrite_StaleRead_AndValueOfNowhere_AreNot()
    {
        AssertIs(false, Write(1, 2, 7), Read(3, 4, null));
        AssertIs(false, Write(1, 2, 7), Write(3, 4, 8), Read(5, 6, 7));
        AssertIs(false, Write(1, 9, 7), Read(2, 3, 7), Read(4, 5, null));
        AssertIs(false, Write(1, 9, 7), Write(2, 8, 8), Read(10, 11, 7), Read(12, 13, 8));
        AssertIs(false, Write(1, 2, 7), Read(3, 4, 9));
        AssertIs(false, Write(1, 2, 7), Write(3, 4, null), Read(5, 6, 7));
    }

    [Fact]
    public void AllCallsAtOnce_AreSearchedInTime()
    {
        var calls = Enumerable.Range(0, 20).SelectMany(i => new[] { Write(i, 100, i), Read(i, 100, i), Read(i, 100, null) }).ToArray();

        AssertIs(true, calls);
    }

    private static void AssertIs(bool expected, params History.Call[] calls) => Assert.Equal(expected, new History(calls).IsLinearizable());

    private static History.Call Write(long begin, long end, int? value) => new(begin, end, IsRead: false, value);

    private static History.Call Read(long begin, long end, int? value) => new(begin, end, IsRead: true, value);
}
