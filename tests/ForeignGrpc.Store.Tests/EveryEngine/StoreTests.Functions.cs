using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of functions in filters of the list: the same as .NET's of the texts, by characters.</summary>
public abstract partial class StoreTests
{
    private static readonly string[] Odd =
    [
        "", " ", "abc", "ABC", "Ærø ÅSE", "\0\u0001\u0002", "a\0B\u0001", "😀 Straße 😀", "\u00a0x\u2003", "ΣΑΣ ǅ İı", "𐐀𐐨", "İSTANBUL",
        "0042", "b😀\0b😀",
    ];

    [SkippableFact]
    public async Task Functions_AreThoseOfTheTexts()
    {
        await SaveOddTextsAsync();
        var value = new ListValue.Column(ListColumn.KeyValue);

        foreach (var text in Odd)
        {
            await TakesAsync(ListFunction.ToLower, other => other.ToLowerInvariant(), text.ToLowerInvariant());
            await TakesAsync(ListFunction.ToUpper, other => other.ToUpperInvariant(), text.ToUpperInvariant());
            await TakesAsync(ListFunction.Trim, other => other.Trim(), text.Trim());
            await TakesAsync(ListFunction.Length, Length, Length(text));
            foreach (var part in new[] { "", "B", "b", "\0", "\u0001", "😀", "b😀" })
            {
                var constant = new ListValue.Constant(part);
                await TakesAsync(ListFunction.IndexOf, other => IndexOf(other, part), IndexOf(text, part), constant);
                await TakesAsync(ListFunction.Concat, other => other + part, text + part, constant);
                await EndsAsync(part);
            }
        }

        async Task TakesAsync(ListFunction function, Func<string, object> net, object expected, params ListValue[] more) => Assert.Equal(
            Odd.Where(other => net(other).Equals(expected)),
            await ValuesAsync(new ListFilter.Compare(
                new ListValue.Apply(function, [value, .. more]), Comparison.Equal, new ListValue.Constant(expected))));

        async Task EndsAsync(string part) => Assert.Equal(
            Odd.Where(other => other.EndsWith(part, StringComparison.Ordinal)),
            await ValuesAsync(new ListFilter.Compare(value, Comparison.EndsWith, new ListValue.Constant(part))));

        static object Length(string text) => (long)text.EnumerateRunes().Count();

        static object IndexOf(string text, string part) =>
            text.IndexOf(part, StringComparison.Ordinal) is var at && at < 0 ? -1L : (long)text[..at].EnumerateRunes().Count();
    }

    [SkippableFact]
    public async Task Columns_CompareWithColumns_AndConstantsWithConstants()
    {
        await SaveOddTextsAsync();
        var (value, app) = (new ListValue.Column(ListColumn.KeyValue), new ListValue.Column(ListColumn.AppName));
        ListValue.Constant small = new("a"), capital = new("B"), nothing = new(null);

        Assert.Equal(["abc"], await ValuesAsync(new ListFilter.Compare(value, Comparison.Equal, new ListValue.Column(ListColumn.KeyName))));
        var others = await ValuesAsync(new ListFilter.Compare(new ListValue.Column(ListColumn.KeyName), Comparison.NotEqual, value));
        Assert.Equal(Odd.Length - 1, others.Count());
        Assert.Empty(await ValuesAsync(new ListFilter.Compare(small, Comparison.Less, capital)));
        Assert.Equal(Odd, await ValuesAsync(new ListFilter.Compare(capital, Comparison.Less, small)));
        Assert.Equal(Odd, await ValuesAsync(new ListFilter.Compare(nothing, Comparison.Equal, nothing)));
        Assert.Empty(await ValuesAsync(new ListFilter.Compare(nothing, Comparison.GreaterOrEqual, value)));
        var neither = new ListFilter.Compare(app, Comparison.Contains, nothing);
        Assert.Empty(await ValuesAsync(new ListFilter.Not(neither)));
        Assert.Equal(Odd, await ValuesAsync(new ListFilter.Not(new ListFilter.IsTrue(neither))));
        Assert.Equal(Odd, await ValuesAsync(new ListFilter.IsNull(neither)));
        Assert.Equal(Odd, await ValuesAsync(new ListFilter.IsNull(new ListFilter.Not(neither))));
        Assert.Empty(await ValuesAsync(new ListFilter.Not(new ListFilter.IsNull(neither))));
        foreach (var comparison in new ListFilter[]
        {
            new ListFilter.Compare(nothing, Comparison.Less, value),
            new ListFilter.Compare(new ListValue.Column(ListColumn.DeviceOwner), Comparison.Equal, small),
            new ListFilter.OneOf(new ListValue.Column(ListColumn.DeviceOwner), ["a", "b"]),
            new ListFilter.IsNull(neither),
        })
        {
            Assert.Empty(await ValuesAsync(new ListFilter.IsNull(comparison)));
            Assert.Empty(await ValuesAsync(new ListFilter.IsNull(new ListFilter.Not(comparison))));
        }

        Assert.Equal(["abc"], await ValuesAsync(new ListFilter.Compare(
            new ListValue.Apply(ListFunction.ToText, new ListValue.Column(ListColumn.RecordId)),
            Comparison.Equal,
            new ListValue.Constant("3"))));
        Assert.Empty(await ValuesAsync(new ListFilter.Constant(false)));
    }

    /// <summary>The texts as values of records from 1 on, each under the key "abc".</summary>
    private async Task SaveOddTextsAsync()
    {
        foreach (var (i, text) in Odd.Index())
        {
            await SaveAsync(Device, new RecordRef("contact", i + 1), "abc", text);
        }
    }

    private async Task<IEnumerable<string>> ValuesAsync(ListFilter filter)
    {
        var rows = await _store.ListRowsAsync(new KeyRowQuery(filter, [], null, 0, 100), default);
        return rows.Select(row => (string)row.Values[(int)ListColumn.KeyValue]!);
    }
}
