namespace ForeignGrpc.Store.CopyToPostgres;

/// <summary>The kinds of column. Both engines have them.</summary>
internal enum ColumnKind
{
    /// <summary>A number of 32 bits in PostgreSQL.</summary>
    Integer,

    /// <summary>A number of 64 bits.</summary>
    BigInteger,

    Text,

    Bytes,
}
