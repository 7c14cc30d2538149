using System.Text;

namespace ForeignGrpc.Store.Model;

/// <summary>The size of texts, for limits of memory.</summary>
public static class TextSize
{
    /// <summary>About how many bytes a text takes in memory, or on the wire if that is more.</summary>
    public static long Of(string text) => Math.Max(sizeof(char) * text.Length, Encoding.UTF8.GetByteCount(text));
}
