using System.Buffers;
using System.IO.Compression;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Decompresses the body of a request while it is read. The limit of a body holds for the decompressed bytes. A truncated or malformed body
/// throws a <see cref="BadHttpRequestException"/> with status 400, a body over the limit one with status 413.
/// </summary>
internal sealed class DecodedBody : ConvertedBody
{
    /// <summary>The supported content codings, as headers list them.</summary>
    public const string Codings = "gzip, br, deflate";

    private readonly string _coding;
    private readonly long? _limit;
    private Stream? _decoder;
    private long _length;

    private DecodedBody(HttpContext call, string coding)
        : base(call) =>
        (_coding, _limit) = (coding, call.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize);

    /// <summary>
    /// Makes the framework reject truncated compressed data in this process. By default the framework takes such data for complete. Must be
    /// called before the first decompression.
    /// </summary>
    public static void RefuseTruncated() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>
    /// Puts decompression in front of the body of a call; null if the body has no content coding. Native gRPC compresses messages itself.
    /// </summary>
    /// <exception cref="Failure">415: the body has an unsupported content coding, or several.</exception>
    public static DecodedBody? Attach(HttpContext call)
    {
        var codings = call.Request.Headers.ContentEncoding;
        if (codings.Count == 0 || call.Request.IsGrpc() || call.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        return codings.ToString().Trim().ToUpperInvariant() switch
        {
            "" or "IDENTITY" => null,
            "GZIP" or "X-GZIP" => new DecodedBody(call, "gzip"),
            "BR" => new DecodedBody(call, "br"),
            "DEFLATE" => new DecodedBody(call, "deflate"),
            _ => throw Failure.UnsupportedEncoding(
                Texts.Of($"Content-Encoding is \"{Excerpt.Of(codings.ToString())}\"; use one of {Codings}.")),
        };
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _decoder ??= await OpenAsync(cancellationToken);
        try
        {
            var read = await _decoder.ReadAsync(buffer, cancellationToken);
            _length += read;
            return _length <= _limit || _limit is null
                ? read
                : throw new BadHttpRequestException("The body decompresses to too much.", StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body is not compressed as its header says.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _decoder?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var body = Body.AsStream(leaveOpen: true);
        return _coding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ when await HasZlibHeadAsync(cancellationToken) => new ZLibStream(body, CompressionMode.Decompress),
            _ => new DeflateStream(body, CompressionMode.Decompress),
        };
    }

    /// <summary>Whether the body is `deflate` as HTTP defines it (RFC 1950). Some clients send raw deflate (RFC 1951).</summary>
    private async ValueTask<bool> HasZlibHeadAsync(CancellationToken cancellationToken)
    {
        var head = await Body.ReadAtLeastAsync(2, cancellationToken);
        var reader = new SequenceReader<byte>(head.Buffer);
        var isZlib = reader.TryReadBigEndian(out short bytes) && (bytes & 0x0F00) == 0x0800 && (ushort)bytes % 31 == 0;
        Body.AdvanceTo(head.Buffer.Start);
        return isZlib;
    }
}
