using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>What an attacker has: the server's addresses, any number of client addresses, and perhaps the credential of a user.</summary>
/// <param name="server">The server.</param>
/// <param name="credential">The value of an Authorization header; null for an anonymous attacker.</param>
/// <param name="end">Ends the attack.</param>
internal sealed class Attack(ServerProcess server, string? credential, CancellationToken end)
{
    private readonly ConcurrentDictionary<int, int> _statuses = new();

    public ServerProcess Server => server;

    public CancellationToken End => end;

    /// <summary>The statuses that the attacker saw, with how often each came; 0 is a connection that the server closed.</summary>
    public IEnumerable<string> Statuses => _statuses.OrderBy(status => status.Key).Select(status => $"{status.Key} × {status.Value}");

    /// <summary>A client address of its own for each number.</summary>
    public static IPAddress Address(int number) =>
        new([127, (byte)(1 + (number / 62_500)), (byte)(1 + (number / 250 % 250)), (byte)(1 + (number % 250))]);

    /// <summary>A request of the attacker's.</summary>
    public byte[] Request(string call, string contentType = "application/json", string body = "", string? authorization = null)
    {
        var header = authorization ?? credential;
        var bytes = Encoding.UTF8.GetBytes(body);
        return
        [
            .. Encoding.ASCII.GetBytes(
                $"{call} HTTP/1.1\r\nHost: x\r\n"
                + (header is null ? "" : $"Authorization: {header}\r\n")
                + $"Content-Type: {contentType}\r\nContent-Length: {bytes.Length}\r\n\r\n"),
            .. bytes,
        ];
    }

    /// <summary>
    /// So many connections send requests one after the other until the attack ends. A connection that the server closed is opened again.
    /// </summary>
    /// <param name="connections">How many.</param>
    /// <param name="request">The request by the connection's number and the request's.</param>
    /// <param name="leave">When the attacker leaves without waiting for the response; null waits.</param>
    /// <param name="closes">Whether the attacker opens a connection for each request.</param>
    public Task FloodAsync(int connections, Func<int, int, byte[]> request, TimeSpan? leave = null, bool closes = false) => Task.WhenAll(
        Enumerable.Range(0, connections).Select(number => Task.Run(async () =>
        {
            RawConnection? connection = null;
            for (var count = 0; !end.IsCancellationRequested; count++)
            {
                try
                {
                    connection ??= await RawConnection.OpenAsync(server.RestUri, Address(number));
                    Note(await SendAsync(connection, request(number, count), leave));
                    if (leave is null && !closes)
                    {
                        continue;
                    }
                }
                catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
                {
                    if (!end.IsCancellationRequested)
                    {
                        Note(0);
                    }
                }

                connection?.Dispose();
                connection = null;
            }

            connection?.Dispose();
        })));

    /// <summary>Keeps what was opened until the attack ends.</summary>
    public async Task HoldAsync(IEnumerable<IDisposable> opened)
    {
        var held = opened.ToArray();
        await Task.Delay(Timeout.Infinite, end).ContinueWith(_ => { }, TaskScheduler.Default);
        Array.ForEach(held, one => one.Dispose());
    }

    public void Note(int status) => _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);

    private async Task<int> SendAsync(RawConnection connection, byte[] request, TimeSpan? leave)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (leave is { } after)
        {
            patience.CancelAfter(after);
        }

        return await connection.SendAndDropAsync(request, patience.Token);
    }
}
