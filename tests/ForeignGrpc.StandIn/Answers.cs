using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ForeignGrpc.StandIn;

/// <summary>What it answers, by the last segment of the path, below any tenant's path.</summary>
internal static class Answers
{
    private const int Piece = 65_536;

    /// <summary>The accepted values of the header Authorization, compared without case, and whom they authenticate.</summary>
    private static readonly ConcurrentDictionary<string, string[]> Principals = new(StringComparer.OrdinalIgnoreCase);

    private static TaskCompletionSource _held = Released();
    private static int _questionStatus = StatusCodes.Status200OK;

    public static Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        switch (request.Path.Value!.Split('/')[^1])
        {
            case "currentPrincipal":
                return PrincipalAsync(context);
            case "GetContactEntity":
                return JsonAsync(response, """{"ContactId":7,"Name":"Contact 7"}""");
            case "held":
                return HeldAsync(context);
            case "failing":
                response.StatusCode = StatusCodes.Status500InternalServerError;
                return JsonAsync(response, """{"Error":true,"Message":"of the upstream"}""");
            case "nothing":
                response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            case "redirect":
                response.Redirect("/elsewhere");
                return Task.CompletedTask;
            case "cookies":
                response.Headers.SetCookie = new(["a=1; Path=/", "ForeignGrpc-Session=planted; Path=/", "b=2"]);
                response.Headers["X-Latin"] = "Leverandør";
                return JsonAsync(response, "{}");
            case "reset":
                context.Abort();
                return Task.CompletedTask;
            case "cut":
                return CutAsync(context);
            case "bytes":
                return BytesAsync(response, Number(request, "count"), chunked: request.Query.ContainsKey("chunked"));
            case "count":
                return CountAsync(context);
            case "gzip":
                return GzipAsync(response);
            default:
                return JsonAsync(response, """{"ContactId":7,"Name":"Contact 7"}""");
        }
    }

    /// <summary>What tests tell it, at paths of its own.</summary>
    public static void MapControl(WebApplication app)
    {
        app.MapGet("/_seen", Seen.Take);
        app.MapPost(
            "/_accept",
            (string authorization, string user, string name, string role) => { Principals[authorization] = [user, name, role]; });
        app.MapPost("/_revoke", (string authorization) => { Principals.TryRemove(authorization, out _); });
        app.MapPost("/_questions", (int status) => { _questionStatus = status; });
        app.MapPost("/_hold", () => { _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); });
        app.MapPost("/_release", () => { _held.TrySetResult(); });
    }

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }

    private static async Task PrincipalAsync(HttpContext context)
    {
        await _held.Task;
        var status = Volatile.Read(ref _questionStatus);
        if (status != StatusCodes.Status200OK)
        {
            context.Response.StatusCode = status;
        }
        else if (Principals.TryGetValue(context.Request.Headers.Authorization.ToString(), out var who))
        {
            await context.Response.WriteAsJsonAsync(
                new Dictionary<string, string> { ["UserName"] = who[0], ["FullName"] = who[1], ["RoleName"] = who[2] });
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
    }

    private static async Task HeldAsync(HttpContext context)
    {
        await _held.Task.WaitAsync(context.RequestAborted);
        await JsonAsync(context.Response, "{}");
    }

    private static Task JsonAsync(HttpResponse response, string text)
    {
        response.ContentType = "application/json";
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text);
    }

    private static async Task CutAsync(HttpContext context)
    {
        context.Response.ContentLength = 1_000;
        await context.Response.WriteAsync("half");
        await context.Response.Body.FlushAsync();
    }

    private static async Task BytesAsync(HttpResponse response, long count, bool chunked)
    {
        response.ContentType = "application/octet-stream";
        response.ContentLength = chunked ? null : count;
        var piece = new byte[Piece];
        for (var left = count; left > 0; left -= Piece)
        {
            await response.Body.WriteAsync(piece.AsMemory(0, (int)Math.Min(Piece, left)));
        }
    }

    private static async Task CountAsync(HttpContext context)
    {
        var (count, buffer) = (0L, ArrayPool<byte>.Shared.Rent(Piece));
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            count += read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        await JsonAsync(context.Response, count.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task GzipAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.Headers.ContentEncoding = "gzip";
        await using var body = new GZipStream(response.Body, CompressionLevel.Fastest);
        await body.WriteAsync("""{"Name":"compressed"}"""u8.ToArray());
    }

    private static long Number(HttpRequest request, string name) =>
        long.Parse(request.Query[name].ToString(), CultureInfo.InvariantCulture);
}
