using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Conformance;

/// <summary>An HTTP/2 connection whose frames are written one by one.</summary>
internal sealed class RawHttp2Connection : IDisposable
{
    private const int StreamsAtOnce = 50;
    private const byte Ping = 6;
    private const int FrameHead = 9;
    private const string Save = "/foreignsystem.v1.ForeignSystemAgent/SaveForeignKey";

    private static readonly (string Name, string Value) Authorization = ("authorization", Service.Credential.ToString());

    private readonly byte[] _buffer = new byte[FrameHead + 16_384];
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    /// <summary>Connects.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="from">The client's own address, one of 127.0.0.0/8; null leaves the choice to the system.</param>
    public static async Task<RawHttp2Connection> OpenAsync(Uri server, IPAddress? from = null)
    {
        var connection = new RawHttp2Connection();
        if (from is not null)
        {
            connection._client.Client.Bind(new IPEndPoint(from, 0));
        }

        await connection._client.ConnectAsync(server.Host, server.Port);
        connection._stream = connection._client.GetStream();
        await connection._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection._stream.WriteAsync(Frame(type: 4, flags: 0, stream: 0, []));
        return connection;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Opens and resets so many HTTP/2 streams with a save in each, or as many as the server lets it, and sees to it that the server has
    /// read them; returns how many.
    /// </summary>
    public async Task<int> ResetStreamsAsync(int streams)
    {
        var (headers, message) = (HeaderBlock(Save, [Authorization]), Message("reset"));
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
                        .. Frame(type: 1, flags: 4, id, headers), .. Frame(type: 0, flags: 1, id, message), .. Frame(
                            type: 3, flags: 0, id, [0, 0, 0, 8]),
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
    public async Task SaveAsync(string app, params (string Name, string Value)[] headers)
    {
        try
        {
            await _stream.WriteAsync(
                (byte[])[.. Frame(type: 1, flags: 4, stream: 1, HeaderBlock(Save, [Authorization, .. headers])), .. Frame(
                    type: 0, flags: 1, stream: 1, Message(app))]);
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

    /// <summary>Opens so many streams of a call that is never sent, and leaves them open.</summary>
    public async Task OpenStreamsAsync(string path, int streams)
    {
        var headers = HeaderBlock(path, []);
        for (var i = 0; i < streams; i++)
        {
            await _stream.WriteAsync(Frame(type: 1, flags: 4, (2 * i) + 1, headers));
        }
    }

    /// <summary>Keeps so many saves of an empty message in flight until the end.</summary>
    /// <param name="authorization">The value of the header of each.</param>
    /// <param name="atOnce">How many.</param>
    /// <param name="resets">Whether the client resets each at once.</param>
    /// <param name="answered">Called for each that the server has answered or reset.</param>
    /// <param name="end">Ends the calls.</param>
    /// <exception cref="IOException">The server closed the connection.</exception>
    public async Task FloodAsync(Func<int, string> authorization, int atOnce, bool resets, Action answered, CancellationToken end)
    {
        for (var (sent, open) = (0, 0); ;)
        {
            for (; open < atOnce; sent++, open++)
            {
                var (headers, id) = (HeaderBlock(Save, [("authorization", authorization(sent))]), (2 * sent) + 1);
                await _stream.WriteAsync(
                    (byte[])[.. Frame(type: 1, flags: 4, id, headers), .. Frame(type: 0, flags: 1, id, new byte[5])], end);
                if (resets)
                {
                    await _stream.WriteAsync(Frame(type: 3, flags: 0, id, [0, 0, 0, 8]), end);
                }
            }

            if (resets)
            {
                open = 0;
                await _stream.WriteAsync(Frame(Ping, flags: 0, stream: 0, new byte[8]), end);
            }

            var type = await ReadFrameTypeAsync(end);
            if (!resets && (type == 3 || (type == 1 && (_buffer[4] & 1) != 0)))
            {
                open--;
                answered();
            }
        }
    }

    private static byte[] Message(string app)
    {
        var save = new SaveForeignKeyRequest
        {
            ApplicationName = app,
            DeviceName = "unit",
            ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v" }
        }.ToByteArray();
        return [0, 0, 0, 0, (byte)save.Length, .. save];
    }

    private async Task<byte> ReadFrameTypeAsync(CancellationToken cancellationToken = default)
    {
        await _stream.ReadExactlyAsync(_buffer.AsMemory(0, FrameHead), cancellationToken);
        var (length, type) = (BinaryPrimitives.ReadInt32BigEndian(_buffer) >> 8, _buffer[3]);
        await _stream.ReadExactlyAsync(_buffer.AsMemory(FrameHead, length), cancellationToken);
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
    private static byte[] HeaderBlock(string path, (string Name, string Value)[] others)
    {
        (string Name, string Value)[] headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("content-type", "application/grpc"),
            ("te", "trailers"), .. others,
        ];
        return [.. headers.SelectMany(header => (byte[])
        [
            0, (byte)header.Name.Length, .. Encoding.ASCII.GetBytes(header.Name),
            (byte)header.Value.Length, .. Encoding.ASCII.GetBytes(header.Value),
        ])];
    }
}
