namespace ForeignGrpc.Store.Sql;

/// <summary>A value that a statement is given: a whole number, a text, bytes, or NULL.</summary>
internal readonly struct SqlValue
{
    private SqlValue(long number) => (Number, IsNumber) = (number, true);

    private SqlValue(object? reference) => Reference = reference;

    public long Number { get; }

    public bool IsNumber { get; }

    /// <summary>A string or a byte array; null is NULL, unless it is a number.</summary>
    public object? Reference { get; }

    public static implicit operator SqlValue(long number) => new(number);

    public static implicit operator SqlValue(int number) => new(number);

    public static implicit operator SqlValue(bool flag) => new(flag ? 1L : 0L);

    public static implicit operator SqlValue(int? number) => number is { } some ? new(some) : default;

    public static implicit operator SqlValue(bool? flag) => flag is { } some ? some : default(SqlValue);

    public static implicit operator SqlValue(string? text) => new(text);

    public static implicit operator SqlValue(byte[]? bytes) => new(bytes);
}
