using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Eight callers who save and read keys of their own, one call after the other. Each has a thread and a socket, so that the threads which
/// the attack keeps busy do not count.
/// </summary>
internal sealed class OrdinaryCallers(Uri server) : IDisposable
{
    private const int Count = 8;

    private readonly Socket[] _sockets = [.. Enumerable.Range(0, Count).Select(_ => Connect(server))];

    /// <summary>
    /// Calls until the task ends; returns the median and the longest of a call in milliseconds, and the statuses with how often each came.
    /// </summary>
    public async Task<(double Median, double Longest, SortedDictionary<int, int> Statuses)> CallUntilAsync(Task end)
    {
        var callers = Enumerable.Range(0, Count).Select(caller => Task.Factory.StartNew(
            () => Call(caller, end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var all = await Task.WhenAll(callers);
        var latencies = all.SelectMany(caller => caller.Latencies).Order().ToList();
        var statuses = new SortedDictionary<int, int>(
            all.SelectMany(caller => caller.Statuses).GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count()));
        return (latencies[latencies.Count / 2], latencies[^1], statuses);
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private static Socket Connect(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(server.Host), server.Port);
        return socket;
    }

    private static byte[] Request(string call, string body = "") => Encoding.ASCII.GetBytes(
        $"{call} HTTP/1.1\r\nHost: x\r\nAuthorization: {Service.Credential}\r\n"
        + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>Sends a request and reads its response, which is small; returns the status.</summary>
    private static int Exchange(Socket socket, byte[] request, byte[] buffer)
    {
        socket.Send(request);
        var length = 0;
        while (true)
        {
            var read = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (read == 0)
            {
                throw new IOException("The server closed the connection of an ordinary caller.");
            }

            length += read;
            var text = Encoding.Latin1.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            const string ContentLength = "Content-Length: ";
            var start = text.IndexOf(ContentLength, StringComparison.Ordinal) + ContentLength.Length;
            if (length == end + 4 + int.Parse(text.AsSpan(start, text.IndexOf('\r', start) - start), CultureInfo.InvariantCulture))
            {
                return int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture);
            }
        }
    }

    private (List<double> Latencies, List<int> Statuses) Call(int caller, Task end)
    {
        var (latencies, statuses, buffer) = (new List<double>(), new List<int>(), new byte[16_384]);
        for (var record = 1; !end.IsCompleted || latencies.Count == 0; record++)
        {
            var request = record % 2 == 1
                ? Request(
                    $"PUT /api/v1/ForeignApp/ordinary/{caller}//Key",
                    $$"""{"Key":"k","Value":"v{{record}}","TableName":"contact","RecordId":{{record}}}""")
                : Request($"GET /api/v1/ForeignApp/ordinary/{caller}/Key/k/contact/{record - 1}");
            var began = Stopwatch.GetTimestamp();
            statuses.Add(Exchange(_sockets[caller], request, buffer));
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return (latencies, statuses);
    }
}
