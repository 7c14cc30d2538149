using CsCheck;
using ForeignGrpc.Store.Postgres;

namespace ForeignGrpc.Store.Tests;

/// <summary>What stands in for U+0000: every question about the stored text has the answer that it has about the text.</summary>
public sealed class PostgresTextTests
{
    /// <summary>Mostly of the characters that are written in another way.</summary>
    private static readonly Gen<string> Text = Gen.String[Gen.OneOf(Gen.Char['\0', '\u0003'], Gen.Char['a', 'b']), 0, 8];

    [Fact]
    public void Stored_HasNoNul_AndIsTheTextAgain() => Text.Sample(text =>
    {
        var stored = PostgresText.Encode(text);
        return !stored.Contains('\0', StringComparison.Ordinal) && PostgresText.Decode(stored) == text;
    });

    [Fact]
    public void Stored_ComparesAndContainsAsTheTextDoes() => Gen.Select(Text, Text).Sample((one, other) =>
    {
        var (a, b) = (PostgresText.Encode(one), PostgresText.Encode(other));
        return Math.Sign(string.CompareOrdinal(a, b)) == Math.Sign(string.CompareOrdinal(one, other))
            && a.Contains(b, StringComparison.Ordinal) == one.Contains(other, StringComparison.Ordinal)
            && a.StartsWith(b, StringComparison.Ordinal) == one.StartsWith(other, StringComparison.Ordinal)
            && a.EndsWith(b, StringComparison.Ordinal) == one.EndsWith(other, StringComparison.Ordinal);
    });

    [Fact]
    public void OtherTexts_AreStoredAsTheyAre()
    {
        Assert.Equal("Ærfugl 😀\u0003", PostgresText.Encode("Ærfugl 😀\u0003"));
        Assert.Equal("", PostgresText.Encode(""));
    }
}
