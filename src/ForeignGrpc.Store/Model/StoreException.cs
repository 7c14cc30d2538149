using System.Globalization;

namespace ForeignGrpc.Store.Model;

/// <summary>A failure of the store.</summary>
/// <remarks>Callers may see the message: it has no SQL, path or text of a driver. Only operators see the message of
/// <see cref="StoreError.CannotOpen"/> and <see cref="StoreError.CopyFailed"/>.</remarks>
public sealed class StoreException(StoreError error, FormattableString text, Exception? cause = null)
    : Exception(text.ToString(CultureInfo.InvariantCulture), cause)
{
    /// <summary>The message as a format with arguments, for translation.</summary>
    public FormattableString Text { get; } = text;

    /// <summary>The kind of failure.</summary>
    public StoreError Error { get; } = error;
}
