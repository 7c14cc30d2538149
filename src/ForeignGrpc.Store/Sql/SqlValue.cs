namespace ForeignGrpc.Store.Sql;

/// <summary>A value that a statement is given: a whole number, a text, bytes, each of which may be NULL; or, where the engine has them, an
/// array of numbers or texts.</summary>
internal readonly struct SqlValue
{
    private SqlValue(SqlKind kind, long number, object? reference) => (Kind, Number, Reference) = (kind, number, reference);

    public SqlKind Kind { get; }

    /// <summary>The number, of <see cref="SqlKind.Number"/>.</summary>
    public long Number { get; }

    /// <summary>A string, byte array, or array, by the kind; null is NULL.</summary>
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
