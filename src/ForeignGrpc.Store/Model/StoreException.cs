namespace ForeignGrpc.Store.Model;

/// <summary>The store refused, or failed as a whole. Its message is fit for callers: no SQL, path or driver text but for
/// <see cref="StoreError.CannotOpen"/>, which only operators see.</summary>
public sealed class StoreException(StoreError error, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What kind of failure it is.</summary>
    public StoreError Error { get; } = error;
}
