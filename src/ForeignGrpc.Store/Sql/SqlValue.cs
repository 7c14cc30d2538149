namespace ForeignGrpc.Store.Sql;

/// <summary>An argument of a statement: an integer, a text or bytes, each of which may be NULL. On PostgreSQL also an array of integers or
/// texts.</summary>
internal readonly struct SqlValue
{
    private SqlValue(SqlKind kind, long number, object? reference) => (Kind, Number, Reference) = (kind, number, reference);

    public SqlKind Kind { get; }

    /// <summary>The value of <see cref="SqlKind.Number"/>.</summary>
    public long Number { get; }

    /// <summary>The value of all other kinds: a string or an array. Null is NULL.</summary>
    public object? Reference { get; }

    public static implicit operator SqlValue(long number) => new(SqlKind.Number, number, null);

    public static implicit operator SqlValue(int number) => new(SqlKind.Number, number, null);

    public static implicit operator SqlValue(bool flag) => new(SqlKind.Number, flag ? 1 : 0, null);

    public static implicit operator SqlValue(int? number) => number is { } some ? some : new SqlValue(SqlKind.NullNumber, 0, null);

    public static implicit operator SqlValue(bool? flag) => flag is { } some ? some : new SqlValue(SqlKind.NullNumber, 0, null);

    public static implicit operator SqlValue(string? text) => new(SqlKind.Text, 0, text);

    public static implicit operator SqlValue(byte[] bytes) => new(SqlKind.Bytes, 0, bytes);

    public static implicit operator SqlValue(long[] numbers) => new(SqlKind.Numbers, 0, numbers);

    public static implicit operator SqlValue(string[] texts) => new(SqlKind.Texts, 0, texts);
}
