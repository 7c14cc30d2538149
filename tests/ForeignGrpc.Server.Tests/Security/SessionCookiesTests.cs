using ForeignGrpc.Server.Security;

namespace ForeignGrpc.Server.Tests;

/// <summary>The cookies of a session within the cookies of a request.</summary>
public sealed class SessionCookiesTests
{
    [Theory]
    [InlineData("a=1; b=2", "a=1; b=2")]
    [InlineData("a=1; ForeignGrpc-Session=s; b=2", "a=1; b=2")]
    [InlineData("ForeignGrpc-Session=s", "")]
    [InlineData("a=1,foreigngrpc-session=s,b=2", "a=1,b=2")]
    [InlineData("a=1;ForeignGrpc-Session=s;;  b=2;", "a=1;;  b=2")]
    [InlineData("ForeignGrpc-Session=s; ForeignGrpc-Session=t; a=1", "a=1")]
    public void Split_TakesOutThoseOfSessions(string cookies, string others) =>
        Assert.Equal(others, SessionCookies.Split(cookies).Others.ToString());

    [Theory]
    [InlineData(";")]
    [InlineData(", ")]
    [InlineData("a=1;")]
    [InlineData("ForeignGrpc-Session=s;")]
    public void Split_OfTwiceTheCookies_IsTwiceTheWork(string cookie)
    {
        AllocatedFor(cookie, 100);

        var (once, twice) = (AllocatedFor(cookie, 4_000), AllocatedFor(cookie, 8_000));

        Assert.True(twice < 3 * once, $"4,000 cookies take {once:N0} bytes, 8,000 take {twice:N0}.");
    }

    private static long AllocatedFor(string cookie, int count)
    {
        var header = string.Concat(Enumerable.Repeat(cookie, count));
        var before = GC.GetAllocatedBytesForCurrentThread();
        SessionCookies.Split(header);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
