using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Lists rows of application × device × key. Every method may throw <see cref="StoreException"/>.</summary>
public interface IListStore
{
    /// <summary>Reads a page of rows. In the natural order a page far behind takes no longer than the first.</summary>
    ValueTask<IReadOnlyList<KeyRow>> ListRowsAsync(KeyRowQuery query, CancellationToken cancellationToken);

    /// <summary>Counts the rows that the filter takes; all where it is null.</summary>
    ValueTask<long> CountRowsAsync(ListFilter? filter, string caller, CancellationToken cancellationToken);
}
