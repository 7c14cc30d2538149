using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>An HTTP/1 connection that is used in ways that no client library allows.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly byte[] _buffer = new byte[16_384];
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    /// <summary>Connects.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="from">The client's own address, one of 127.0.0.0/8; null leaves the choice to the system.</param>
    public static async Task<RawConnection> OpenAsync(Uri server, IPAddress? from = null)
    {
        var connection = new RawConnection();
        if (from is not null)
        {
            connection._client.Client.Bind(new IPEndPoint(from, 0));
        }

        await connection._client.ConnectAsync(server.Host, server.Port);
        connection._stream = connection._client.GetStream();
        return connection;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A save; returns its status and what was answered.</summary>
    public async Task<(int Status, string Answer)> SaveAsync(string app, int id)
    {
        var body = $$"""{"Key":"k","Value":"v","TableName":"contact","RecordId":{{id}}}""";
        await WriteAsync($"{Head($"PUT /api/v1/ForeignApp/{app}/unit//Key")}Content-Length: {body.Length}\r\n\r\n{body}", default);
        return await ReadAsync(default);
    }

    /// <summary>Sends the bytes as they are; returns the status and what was answered.</summary>
    /// <exception cref="IOException">The server closed the connection without an answer.</exception>
    public async Task<(int Status, string Answer)> SendAsync(byte[] request, CancellationToken cancellationToken = default)
    {
        await _stream.WriteAsync(request, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Sends the bytes as they are and drops the response, which may be large; returns its status.</summary>
    /// <exception cref="IOException">The server closed the connection before the response's end.</exception>
    public async Task<int> SendAndDropAsync(byte[] request, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(request, cancellationToken);
        var read = 0;
        int end;
        while ((end = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0)
        {
            read += await ReadSomeAsync(read, cancellationToken);
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var left = status is 204 or 304 ? 0 : ContentLength(head) is { } length ? length - (read - end - 4) : long.MaxValue;
        while (left > 0 && !(left > int.MaxValue && _buffer.AsSpan(0, read).EndsWith("0\r\n\r\n"u8)))
        {
            // The end of a chunked response may come in two pieces.
            var kept = Math.Min(read, 4);
            _buffer.AsSpan(read - kept, kept).CopyTo(_buffer);
            var more = await ReadSomeAsync(kept, cancellationToken);
            (read, left) = (kept + more, left - more);
        }

        return status;
    }

    /// <summary>Sends the bytes as they are and waits for nothing.</summary>
    public Task WriteAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>A body that goes on until the server has answered; returns its status, 0 when it closed without or time is up.</summary>
    public Task<int> SendEndlessAsync(bool chunked, CancellationToken cancellationToken) => UntilAnsweredAsync(
        chunked ? "Transfer-Encoding: chunked" : "Content-Length: 1000000",
        async () =>
        {
            var piece = Encoding.ASCII.GetBytes(chunked ? $"{16_000:x}\r\n{new string(' ', 16_000)}\r\n" : " ");
            while (true)
            {
                await _stream.WriteAsync(piece, cancellationToken);
                if (!chunked)
                {
                    await Task.Delay(1_000, cancellationToken);
                }
            }
        },
        cancellationToken);

    /// <summary>A body whose last byte never comes.</summary>
    public Task<int> SendAlmostAllAsync(int length, CancellationToken cancellationToken) => UntilAnsweredAsync(
        $"Content-Length: {length}", () => WriteAsync(new string(' ', length - 1), cancellationToken), cancellationToken);

    /// <summary>Asks for a large answer and does not read it.</summary>
    public async Task<int> AskAndNotReadAsync(string call, CancellationToken cancellationToken)
    {
        _client.ReceiveBufferSize = 1024;
        await WriteAsync($"{Head(call)}Content-Length: 0\r\n\r\n", CancellationToken.None);
        var timeIsUp = new TaskCompletionSource<int>();
        await using var registration = cancellationToken.Register(() => timeIsUp.SetResult(0));
        return await timeIsUp.Task;
    }

    private static string Head(string call) =>
        $"{call} HTTP/1.1\r\nHost: x\r\nAuthorization: {Service.Credential}\r\nContent-Type: application/json\r\n";

    private Task WriteAsync(string text, CancellationToken cancellationToken) =>
        _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken).AsTask();

    private async Task<int> UntilAnsweredAsync(string lengthHeader, Func<Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync($"{Head("PUT /api/v1/ForeignApp/slow/unit//Key")}{lengthHeader}\r\n\r\n", cancellationToken);
            var answer = ReadAsync(cancellationToken);
            var sending = send();
            if (await Task.WhenAny(answer, sending) == sending && sending.IsCompletedSuccessfully)
            {
                await answer;
            }

            return answer.IsCompletedSuccessfully ? (await answer).Status : 0;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return 0;
        }
    }

    private async Task<(int Status, string Answer)> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        while (true)
        {
            var read = await _stream.ReadAsync(_buffer, cancellationToken);
            if (read == 0)
            {
                throw new IOException($"The server closed the connection: {answer}");
            }

            answer.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            if (IsWhole(answer.ToString()))
            {
                return (int.Parse(answer.ToString(9, 3), CultureInfo.InvariantCulture), answer.ToString());
            }
        }
    }

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && (ContentLength(answer[..end]) is { } length
            ? answer.Length >= end + 4 + length
            : !answer.AsSpan(0, end).Contains("Transfer-Encoding: chunked", StringComparison.Ordinal)
                || answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal));
    }

    private static long? ContentLength(string head)
    {
        const string Name = "Content-Length: ";
        var start = head.IndexOf(Name, StringComparison.Ordinal);
        return start < 0 ? null : long.Parse(head.AsSpan(start + Name.Length).ToString().Split('\r')[0], CultureInfo.InvariantCulture);
    }

    private async Task<int> ReadSomeAsync(int at, CancellationToken cancellationToken) =>
        await _stream.ReadAsync(_buffer.AsMemory(at), cancellationToken) is > 0 and var read
        ? read
        : throw new IOException("The server closed the connection before the response's end.");
}
