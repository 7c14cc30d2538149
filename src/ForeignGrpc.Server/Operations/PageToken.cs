using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// The position where a page of a list begins. As a text it is opaque to callers. The text contains a digest of its content and of the
/// filter and order, so that a made-up token, or a token of another list, is rejected. The digest has no secret, which servers would have
/// to share: a caller who forges a token gets rows after a position, which `$filter` returns too. The content is parsed as strictly as
/// other input.
/// </summary>
/// <param name="After">The <see cref="KeyRow.Position"/> of the last row of the previous page; null on the first page.</param>
/// <param name="Remaining">The number of rows that may still follow; null for no limit.</param>
internal sealed record PageToken(IReadOnlyList<object?>? After, int? Remaining)
{
    private const int DigestBytes = 12;

    /// <summary>The byte before each value.</summary>
    private enum Kind : byte
    {
        Missing,
        Number,
        Date,
        Text,
    }

    /// <summary>Parses a token; null if it is malformed or of another filter or order.</summary>
    public static PageToken? TryParse(string text, string filter, IReadOnlyList<(ListColumn Column, bool Descending)> orderBy)
    {
        if (!Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < DigestBytes || !bytes.AsSpan(0, DigestBytes).SequenceEqual(Digest(bytes.AsSpan(DigestBytes), filter, orderBy)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, DigestBytes, bytes.Length - DigestBytes));
        try
        {
            var remaining = reader.ReadInt32();
            var after = KeyRowQuery.Position(orderBy).Select(by => Read(reader, by.Column)).ToArray();
            return remaining >= -1 && reader.BaseStream.Position == reader.BaseStream.Length && IsPosition(after, orderBy)
                ? new PageToken(after, remaining < 0 ? null : remaining)
                : null;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The token as a text, for a page of this filter and order.</summary>
    public string ToText(string filter, IReadOnlyList<(ListColumn Column, bool Descending)> orderBy)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Remaining ?? -1);
        foreach (var value in After!)
        {
            Write(writer, value);
        }

        var payload = stream.ToArray();
        return Base64Url.EncodeToString([.. Digest(payload, filter, orderBy), .. payload]);
    }

    /// <summary>
    /// Whether the values can be the position of a row. Every row has an application. In the default order, a row has all values of a key
    /// or none.
    /// </summary>
    private static bool IsPosition(object?[] values, IReadOnlyList<(ListColumn Column, bool Descending)> orderBy) => orderBy.Count > 0
        ? values[KeyRowQuery.Position(orderBy).Index().First(by => by.Item.Column == ListColumn.AppId).Index] is not null
        : values is [not null, null, null, null, null]
            or [not null, not null, null, null, null]
            or [not null, not null, not null, not null, not null];

    private static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)Kind.Missing);
                break;
            case long number:
                writer.Write((byte)Kind.Number);
                writer.Write(number);
                break;
            case DateTimeOffset date:
                writer.Write((byte)Kind.Date);
                writer.Write(date.UtcTicks);
                break;
            default:
                writer.Write((byte)Kind.Text);
                writer.Write((string)value);
                break;
        }
    }

    /// <exception cref="FormatException">The value does not have the type of the column.</exception>
    private static object? Read(BinaryReader reader, ListColumn column)
    {
        object? value = (Kind)reader.ReadByte() switch
        {
            Kind.Missing => null,
            Kind.Number => reader.ReadInt64(),
            Kind.Date => new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            Kind.Text => reader.ReadString(),
            _ => throw new FormatException(),
        };
        return value is null || value.GetType() == ListColumns.TypeOf(column) ? value : throw new FormatException();
    }

    private static byte[] Digest(ReadOnlySpan<byte> payload, string filter, IReadOnlyList<(ListColumn Column, bool Descending)> orderBy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{string.Join(',', orderBy)}\n{filter.Length}\n{filter}\n"));
        hash.AppendData(payload);
        return hash.GetHashAndReset()[..DigestBytes];
    }
}
