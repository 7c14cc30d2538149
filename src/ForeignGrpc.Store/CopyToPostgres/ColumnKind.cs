namespace ForeignGrpc.Store.CopyToPostgres;

/// <summary>What a column holds, in both engines.</summary>
internal enum ColumnKind
{
    /// <summary>A number that PostgreSQL keeps in 32 bits.</summary>
    Integer,

    /// <summary>A number of 64 bits.</summary>
    BigInteger,

    Text,

    Bytes,
}
