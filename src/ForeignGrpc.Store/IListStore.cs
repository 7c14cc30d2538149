using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store;

/// <summary>Lists rows of application × device × key. Every method may throw <see cref="StoreException"/>.</summary>
public interface IListStore
{
    /// <summary>Reads a page of rows. In the natural order every page takes as long as the first.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/> or <see cref="StoreError.TooManyReads"/>.</exception>
    ValueTask<IReadOnlyList<KeyRow>> ListRowsAsync(KeyRowQuery query, CancellationToken cancellationToken);

    /// <summary>Counts the rows that the filter takes; all where it is null.</summary>
    ValueTask<long> CountRowsAsync(ListFilter? filter, string caller, CancellationToken cancellationToken);
}
