using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.StandIn;

/// <summary>A request as it arrived.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target, as it was sent.</param>
/// <param name="Headers">Its headers; values of one name are joined by a line feed.</param>
internal sealed record Seen(string Method, string Target, Dictionary<string, string> Headers)
{
    private static readonly ConcurrentQueue<Seen> All = new();

    /// <summary>Notes a request.</summary>
    public static void Note(HttpContext context) => All.Enqueue(new Seen(
        context.Request.Method,
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        context.Request.Headers.ToDictionary(header => header.Key, header => string.Join('\n', header.Value.AsEnumerable()))));

    /// <summary>The requests since the last call of this method.</summary>
    public static List<Seen> Take()
    {
        var taken = new List<Seen>();
        while (All.TryDequeue(out var one))
        {
            taken.Add(one);
        }

        return taken;
    }
}
