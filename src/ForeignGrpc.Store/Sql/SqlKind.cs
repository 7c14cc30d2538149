namespace ForeignGrpc.Store.Sql;

/// <summary>What a <see cref="SqlValue"/> is.</summary>
internal enum SqlKind
{
    NullNumber,
    Number,
    Text,
    Bytes,
    Numbers,
    Texts,
}
