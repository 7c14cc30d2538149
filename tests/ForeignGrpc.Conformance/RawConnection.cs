using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Conformance;

/// <summary>A connection that is used in ways that no client library allows.</summary>
internal sealed class RawConnection : IDisposable
{
    private const int StreamsAtOnce = 50;
    private const byte Ping = 6;
    private const int FrameHead = 9;

    private readonly byte[] _buffer = new byte[FrameHead + 16_384];
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var connection = new RawConnection();
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
    public async Task<(int Status, string Answer)> SendAsync(byte[] request)
    {
        await _stream.WriteAsync(request);
        return await ReadAsync(default);
    }

    /// <summary>A body that goes on until the server has answered; returns its status, 0 when it closed without or time is up.</summary>
    public Task<int> SendEndlessAsync(bool chunked, CancellationToken cancellationToken) => UntilAnsweredAsync(
        chunked ? "Transfer-Encoding: chunked" : "Content-Length: 1000000",
        async () =>
        {
            var chunk = new string(' ', chunked ? 16_000 : 1);
            while (true)
            {
                await WriteAsync(chunked ? $"{chunk.Length:x}\r\n{chunk}\r\n" : chunk, cancellationToken);
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

    /// <summary>
    /// Opens and resets so many HTTP/2 streams with a save in each, or as many as the server lets it, and sees to it that the server has read them;
    /// returns how many.
    /// </summary>
    public async Task<int> ResetStreamsAsync(int streams)
    {
        var (headers, message) = (HeaderBlock(), Message("reset"));
        await BeginHttp2Async();
        var sent = 0;
        try
        {
            while (sent < streams)
            {
                for (var i = 0; i < StreamsAtOnce; i++, sent++)
                {
                    var id = (2 * sent) + 1;
                    await _stream.WriteAsync((byte[])
                    [
                        .. Frame(type: 1, flags: 4, id, headers), .. Frame(type: 0, flags: 1, id, message), .. Frame(type: 3, flags: 0, id, [0, 0, 0, 8]),
                    ]);
                }

                await _stream.WriteAsync(Frame(Ping, flags: 0, stream: 0, new byte[8]));
                while (await ReadFrameTypeAsync() != Ping)
                {
                }
            }
        }
        catch (IOException)
        {
            // The server has had enough of this connection.
        }

        return sent;
    }

    /// <summary>Saves a key over HTTP/2 with headers beside the usual ones, and waits until the server has dealt with it.</summary>
    public async Task SaveOverHttp2Async(string app, params (string Name, string Value)[] headers)
    {
        await BeginHttp2Async();
        try
        {
            await _stream.WriteAsync((byte[])[.. Frame(type: 1, flags: 4, stream: 1, HeaderBlock(headers)), .. Frame(type: 0, flags: 1, stream: 1, Message(app))]);
            byte type;
            do
            {
                // Headers, one time or two, and a reset or that the server goes away.
                type = await ReadFrameTypeAsync();
            }
            while (type is not (3 or 7) && (type != 1 || (_buffer[4] & 1) == 0));
        }
        catch (IOException)
        {
            // It has closed the connection.
        }
    }

    private static byte[] Message(string app)
    {
        var save = new SaveForeignKeyRequest { ApplicationName = app, DeviceName = "unit", ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" } }.ToByteArray();
        return [0, 0, 0, 0, (byte)save.Length, .. save];
    }

    private async Task BeginHttp2Async()
    {
        await _stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await _stream.WriteAsync(Frame(type: 4, flags: 0, stream: 0, []));
    }

    private async Task<byte> ReadFrameTypeAsync()
    {
        await _stream.ReadExactlyAsync(_buffer.AsMemory(0, FrameHead));
        var (length, type) = (BinaryPrimitives.ReadInt32BigEndian(_buffer) >> 8, _buffer[3]);
        await _stream.ReadExactlyAsync(_buffer.AsMemory(FrameHead, length));
        return type;
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[FrameHead + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, FrameHead);
        return frame;
    }

    /// <summary>The headers of a call, as literals that no table keeps (RFC 7541, 6.2.2).</summary>
    private static byte[] HeaderBlock(params (string Name, string Value)[] others)
    {
        (string Name, string Value)[] headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", "/foreignsystem.v1.ForeignSystemAgent/SaveForeignKey"), (":authority", "x"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("authorization", Service.Credential.ToString()), .. others,
        ];
        return [.. headers.SelectMany(header => (byte[])[0, (byte)header.Name.Length, .. Encoding.ASCII.GetBytes(header.Name), (byte)header.Value.Length, .. Encoding.ASCII.GetBytes(header.Value)])];
    }

    private static string Head(string call) => $"{call} HTTP/1.1\r\nHost: x\r\nAuthorization: {Service.Credential}\r\nContent-Type: application/json\r\n";

    private Task WriteAsync(string text, CancellationToken cancellationToken) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken).AsTask();

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
        if (end < 0)
        {
            return false;
        }

        const string Length = "Content-Length: ";
        var start = answer.IndexOf(Length, 0, end, StringComparison.Ordinal) + Length.Length;
        return start >= Length.Length
            ? answer.Length >= end + 4 + int.Parse(answer.AsSpan(start, answer.IndexOf('\r', start) - start), CultureInfo.InvariantCulture)
            : !answer.AsSpan(0, end).Contains("Transfer-Encoding: chunked", StringComparison.Ordinal) || answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
    }
}
