using System.Globalization;

namespace ForeignGrpc.Store.Model;

/// <summary>The store refused, or failed as a whole. Its message is fit for callers: no SQL, path or driver text but for
/// <see cref="StoreError.CannotOpen"/>, which only operators see.</summary>
public sealed class StoreException(StoreError error, FormattableString text, Exception? cause = null)
    : Exception(text.ToString(CultureInfo.InvariantCulture), cause)
{
    /// <summary>The message with its parts apart, for those who translate it.</summary>
    public FormattableString Text { get; } = text;

    /// <summary>What kind of failure it is.</summary>
    public StoreError Error { get; } = error;
}
