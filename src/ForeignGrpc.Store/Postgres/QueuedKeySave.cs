using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A key to save. The batch writer saves it with others; the work itself saves it alone.</summary>
internal sealed class QueuedKeySave(
    KeyAddress address, string value, Author author, Func<PostgresSaveSession, StoredKey> alone, CancellationToken cancellationToken)
    : Work<PostgresSaveSession, StoredKey>(alone, cancellationToken)
{
    public KeyAddress Address => address;

    public string Value => value;

    public Author Author => author;
}
