using System.Text;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Functions of texts that SQLite has for ASCII alone, or not for texts with U+0000. They take and give UTF-8.</summary>
internal static class SqliteTextFunctions
{
    public const string ToLower = "text_to_lower";
    public const string ToUpper = "text_to_upper";
    public const string Length = "text_length";
    public const string EndsWith = "text_ends_with";

    /// <summary>Lets the statements of a connection call them.</summary>
    public static void AddTo(SqliteConnection connection)
    {
        connection.CreateFunction<byte[]?, object?>(ToLower, text => Change(text, all => all.ToLowerInvariant()), isDeterministic: true);
        connection.CreateFunction<byte[]?, object?>(ToUpper, text => Change(text, all => all.ToUpperInvariant()), isDeterministic: true);
        connection.CreateFunction<byte[]?, long?>(Length, text => text?.Count(IsFirstOfCharacter), isDeterministic: true);
        connection.CreateFunction<byte[]?, byte[]?, bool?>(
            EndsWith, (text, end) => text is null || end is null ? null : text.AsSpan().EndsWith(end), isDeterministic: true);
    }

    /// <summary>An empty text is given as text, as no bytes would become NULL.</summary>
    private static object? Change(byte[]? text, Func<string, string> change) => text switch
    {
        null => null,
        [] => "",
        _ => Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(text))),
    };

    private static bool IsFirstOfCharacter(byte utf8) => (utf8 & 0b1100_0000) != 0b1000_0000;
}
