namespace ForeignGrpc.Store.Sql;

/// <summary>The kinds of <see cref="SqlValue"/>.</summary>
internal enum SqlKind
{
    NullNumber,
    Number,
    Text,
    Bytes,
    Numbers,
    Texts,
}
