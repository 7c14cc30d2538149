using CsCheck;
using ForeignGrpc.Server.Operations;

namespace ForeignGrpc.Server.Tests;

/// <summary>The grammar of restriction expressions.</summary>
public sealed class ListFilterParserTests
{
    private static readonly string[] Words =
    [
        "appName", "keyId", "keyUpdatedDate", "eq", "ne", "and", "or", "not", "(", ")", ",", "'x'", "'", "5",
        "between", "oneOf", "contains",
        "startswith", "null",
    ];

    [Theory]
    [InlineData("appName eq 'erp'", "Compare { Column = AppName, How = Equal, Value = erp }")]
    [InlineData("APPNAME  EQ  'it''s'", "Compare { Column = AppName, How = Equal, Value = it's }")]
    [InlineData("appName=''", "Compare { Column = AppName, How = Equal, Value =  }")]
    [InlineData("keyId ne 5", "Compare { Column = KeyId, How = NotEqual, Value = 5 }")]
    [InlineData("recordId ge -1", "Compare { Column = RecordId, How = GreaterOrEqual, Value = -1 }")]
    [InlineData("keyValue begins 'C-'", "Compare { Column = KeyValue, How = StartsWith, Value = C- }")]
    [InlineData("keyValue contains 'and or'", "Compare { Column = KeyValue, How = Contains, Value = and or }")]
    [InlineData("startswith(keyValue, 'a')", "Compare { Column = KeyValue, How = StartsWith, Value = a }")]
    [InlineData("EndsWith ( keyValue , ')' )", "Compare { Column = KeyValue, How = EndsWith, Value = ) }")]
    [InlineData("deviceId oneOf (3,6)", "OneOf { Column = DeviceId, Values = System.Collections.Generic.List`1[System.Object] }")]
    [InlineData("keyName eq null", "IsNull { Column = KeyName }")]
    [InlineData("keyName ne null", "Not { Inner = IsNull { Column = KeyName } }")]
    [InlineData(
        "keyUpdatedDate gt 2026-01-31T00:00:00Z", "Compare { Column = KeyUpdatedDate, How = Greater, Value = 01/31/2026 00:00:00 +00:00 }")]
    [InlineData(
        "keyUpdatedDate gt datetime'2026-01-31'", "Compare { Column = KeyUpdatedDate, How = Greater, Value = 01/31/2026 00:00:00 +00:00 }")]
    public void Expression_IsItsCondition(string expression, string condition) => Assert.Equal(condition, Parse(expression)!.ToString());

    [Theory]
    [InlineData("keyId eq 1 or keyId eq 2 and keyId eq 3", "Any(1, All(2, 3))")]
    [InlineData("(keyId eq 1 or keyId eq 2) and not keyId eq 3", "All(OneOf(1, 2), Not(3))")]
    [InlineData("keyId between (1, 2)", "All(1, 2)")]
    [InlineData("keyId eq 1 or keyId eq 2 or keyId eq 3 or keyId eq 2", "OneOf(1, 2, 3)")]
    [InlineData("keyId gt 1 or keyId eq 2 or recordId eq 3 or keyId eq 4", "Any(OneOf(2, 4), 3, 1)")]
    [InlineData("keyId eq 1 and keyId eq 2 and keyId gt 3", "All(1, 2, 3)")]
    [InlineData("not (keyId eq 1)", "Not(1)")]
    public void And_BindsTighterThanOr_AndNotTightest(string expression, string structure) =>
        Assert.Equal(structure, Structure(Parse(expression)!));

    [Theory]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData("appName", "ends at position 7, where an operator")]
    [InlineData("appName eq erp", "has 'erp' at position 11, where a text in single quotes is expected")]
    [InlineData("appName eq 'erp", "has a text without a closing quote; the text begins at position 11")]
    [InlineData("appName eq '", "has a text without a closing quote; the text begins at position 11")]
    [InlineData("name eq 'x'", "has 'name' at position 0, which is not a column; the columns are appId, appName")]
    [InlineData("keyId eq 'x'", "has 'x' at position 9, where an integer is expected")]
    [InlineData("keyId eq 99999999999999999999", "where an integer is expected")]
    [InlineData("keyId contains 5", "which is not text")]
    [InlineData("keyId eq 5 keyId eq 6", "has 'keyId' at position 11, where 'and', 'or' or the end is expected")]
    [InlineData("(keyId eq 5", "ends at position 11, where ')' is expected")]
    [InlineData("keyId eq 5)", "has ')' at position 10")]
    [InlineData("keyId between (5)", "has 1 values for 'between'")]
    [InlineData("keyId oneOf ()", "where an integer is expected")]
    [InlineData("keyUpdatedDate gt tomorrow", "where a date")]
    [InlineData("keyUpdatedDate gt 1.2", "has '1.2' at position 18, where a date")]
    [InlineData("keyUpdatedDate gt 01/02/2026", "where a date")]
    [InlineData("keyUpdatedDate gt '31 January 2026'", "where a date")]
    [InlineData("keyUpdatedDate in (2026-01-31, 12:00)", "where a date")]
    [InlineData("appName eq 'x'; DROP TABLE user", "has ';' at position 14")]
    public void WhatIsNone_IsRefusedWithThePosition(string expression, string? because)
    {
        if (because is null)
        {
            Assert.Null(Parse(expression));
        }
        else
        {
            Assert.Contains(because, Assert.Throws<ListFilterException>(() => Parse(expression)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DeepNesting_IsRefused() => Assert.Contains(
        "nested deeper", Assert.Throws<ListFilterException>(() => Parse(new string('(', 100_000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-01-31T12:00:00", "2026-01-31T03:00:00Z")]
    [InlineData("'2026-01-31T12:00:00'", "2026-01-31T03:00:00Z")]
    [InlineData("datetime'2026-01-31'", "2026-01-30T15:00:00Z")]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z")]
    public void DateWithoutOffset_IsInTheCallersZone(string date, string instant)
    {
        var filter = ListFilterParser.Parse($"keyUpdatedDate gt {date}", 1, NodaTime.DateTimeZoneProviders.Tzdb["Asia/Tokyo"]);

        Assert.Equal(DateTimeOffset.Parse(instant, null), ((Store.Model.ListFilter.Compare)filter!).Value);
    }

    [Theory]
    [InlineData("keyId eq 1 or keyId eq 2 and not keyId eq 3", 3)]
    [InlineData("keyId in (1, 2) or keyId eq 3", 4)]
    [InlineData("keyId between (1, 2)", 3)]
    [InlineData("startswith(appName, 'a') and (appName contains 'b')", 2)]
    public void ConditionsAndValues_AreCounted(string expression, int terms)
    {
        Assert.NotNull(ListFilterParser.Parse(expression, terms, null));
        Assert.Contains(
            $"more conditions and values than the limit of {terms - 1} (setting Limits:FilterTerms)",
            Assert.Throws<ListFilterException>(() => ListFilterParser.Parse(expression, terms - 1, null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RefusalsShowTheBeginningOfALongWord()
    {
        var refusal = Assert.Throws<ListFilterException>(
            () => Parse(new string('x', 49) + string.Concat(Enumerable.Repeat("😀", 100_000)) + " eq 1"));

        Assert.Contains(new string('x', 49) + "…'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyText_IsParsedOrRefused_NeverWorse() => Gen.OneOf(
            Gen.String,
            Gen.Int[0, Words.Length - 1].Array[0, 12].Select(indexes => string.Join(' ', indexes.Select(i => Words[i]))))
        .Sample(
            expression =>
            {
                try
                {
                    Parse(expression);
                }
                catch (ListFilterException)
                {
                    // A refusal.
                }
            },
            iter: 100_000);

    private static Store.Model.ListFilter? Parse(string expression) => ListFilterParser.Parse(expression, 1_000, null);

    private static string Structure(Store.Model.ListFilter filter) => filter switch
    {
        Store.Model.ListFilter.And all => $"All({string.Join(", ", all.Filters.Select(Structure))})",
        Store.Model.ListFilter.Or any => $"Any({string.Join(", ", any.Filters.Select(Structure))})",
        Store.Model.ListFilter.OneOf oneOf => $"OneOf({string.Join(", ", oneOf.Values)})",
        Store.Model.ListFilter.Not not => $"Not({Structure(not.Inner)})",
        Store.Model.ListFilter.Compare compare => $"{compare.Value}",
        _ => filter.ToString(),
    };
}
