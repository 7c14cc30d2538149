using CsCheck;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Tests;

/// <summary>The grammar of restriction expressions.</summary>
public sealed class ListFilterParserTests
{
    private static readonly string[] Words =
    [
        "appName", "keyId", "keyUpdatedDate", "eq", "ne", "and", "or", "not", "(", ")", ",", "'x'", "'", "5", "between", "oneOf",
        "contains", "startswith", "null", "tolower", "concat", "true", "today", "isNull", "before", "getAllRows", "!=", "<",
    ];

    [Theory]
    [InlineData("appName eq 'erp'", "AppName Equal erp")]
    [InlineData("APPNAME  EQ  'it''s'", "AppName Equal it's")]
    [InlineData("appName=''", "AppName Equal ")]
    [InlineData("keyId ne 5", "KeyId NotEqual 5")]
    [InlineData("recordId ge -1", "RecordId GreaterOrEqual -1")]
    [InlineData("keyValue begins 'C-'", "KeyValue StartsWith C-")]
    [InlineData("keyValue contains 'and or'", "KeyValue Contains and or")]
    [InlineData("startswith(keyValue, 'a')", "KeyValue StartsWith a")]
    [InlineData("EndsWith ( keyValue , ')' )", "KeyValue EndsWith )")]
    [InlineData("deviceId oneOf (3,6)", "DeviceId OneOf 3, 6")]
    [InlineData("keyName eq null", "KeyName Equal ")]
    [InlineData("keyName ne null", "KeyName NotEqual ")]
    [InlineData(
        "keyUpdatedDate gt 2026-01-31T00:00:00Z", "KeyUpdatedDate Greater 01/31/2026 00:00:00 +00:00")]
    [InlineData(
        "keyUpdatedDate gt datetime'2026-01-31'", "KeyUpdatedDate Greater 01/31/2026 00:00:00 +00:00")]
    [InlineData("startswith(keyValue,'C') eq true", "IsTrue(KeyValue StartsWith C)")]
    [InlineData("false EQ StartsWith(keyValue,'C')", "IsTrue(Not(KeyValue StartsWith C))")]
    [InlineData("startswith(keyValue,'C') ne true", "Not(IsTrue(KeyValue StartsWith C))")]
    [InlineData("startswith(keyName,'a') eq null", "IsNull(KeyName StartsWith a)")]
    [InlineData("null ne startswith(keyName,'a')", "Not(IsNull(KeyName StartsWith a))")]
    [InlineData("startswith(keyName,'a') isNull", "IsNull(KeyName StartsWith a)")]
    [InlineData("startswith(keyName,'a') isNotNull", "Not(IsNull(KeyName StartsWith a))")]
    [InlineData("substringof('C', keyValue)", "KeyValue Contains C")]
    [InlineData("tolower(keyValue) eq toupper('C')", "ToLower(KeyValue) Equal ToUpper(C)")]
    [InlineData("length(trim(keyValue)) gt 3", "Length(Trim(KeyValue)) Greater 3")]
    [InlineData("indexof(concat(appName,keyName),'a') eq -1", "IndexOf(Concat(AppName, KeyName), a) Equal -1")]
    [InlineData("1 eq appId", "1 Equal AppId")]
    [InlineData("1<appId", "1 Less AppId")]
    [InlineData("keyName eq keyValue", "KeyName Equal KeyValue")]
    [InlineData("keyName eq recordId", "KeyName Equal ToText(RecordId)")]
    [InlineData("recordId eq '5'", "RecordId Equal 5")]
    [InlineData("keyValue eq 1234", "KeyValue Equal 1234")]
    [InlineData("null ne keyValue", " NotEqual KeyValue")]
    [InlineData("getNoRows set 1", "IsTrue(Constant { Value = False })")]
    public void Expression_IsItsCondition(string expression, string condition) => Assert.Equal(condition, Text(Parse(expression)!));

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
    [InlineData("keyId contains 5", "has 'contains' at position 6, where an operator, one of eq, =,")]
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
    [InlineData("startswith(keyId,'5')", "uses a text operator on keyId, which is not text, before position")]
    [InlineData("concat(keyName)", "has 1 values for 'concat' before position 15; it takes 2.")]
    [InlineData("startswith(keyName,'a') eq 5", "has '5' at position 27, where true or false is expected")]
    [InlineData("keyUpdatedDate eq keyName", "has 'keyUpdatedDate' at position 0, where a text in single quotes is expected")]
    [InlineData("keyUpdatedDate before keyRegisteredDate", "has 'keyRegisteredDate' at position 22, where a date")]
    [InlineData("tolower(keyName)", "ends at position 16, where an operator, one of eq,")]
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
    [InlineData("tolower(", ")")]
    [InlineData("concat('a',", ")")]
    [InlineData("not ", "")]
    public void DeepFunctions_AreRefused(string open, string close)
    {
        var expression = string.Concat(Enumerable.Repeat(open, 900)) + "keyName" + string.Concat(Enumerable.Repeat(close, 900)) + " eq 'a'";

        Assert.Contains("nested deeper", Assert.Throws<ListFilterException>(() => Parse(expression)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextsThatAreJoinedToMuch_AreRefused()
    {
        var joined = Enumerable.Range(0, 9).Aggregate("keyValue", (inner, _) => $"concat(keyValue,{inner})");

        Assert.Contains(
            "has texts of more than 64,000 characters in 'concat'",
            Assert.Throws<ListFilterException>(() => Parse($"{joined} eq 'a'")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00", "2026-01-31T03:00:00Z")]
    [InlineData("'2026-01-31T12:00:00'", "2026-01-31T03:00:00Z")]
    [InlineData("datetime'2026-01-31'", "2026-01-30T15:00:00Z")]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z")]
    public void DateWithoutOffset_IsInTheCallersZone(string date, string instant)
    {
        var caller = new ListCaller("", NodaTime.DateTimeZoneProviders.Tzdb["Asia/Tokyo"], default);
        var filter = ListFilterParser.Parse($"keyUpdatedDate gt {date}", new KeyLimits(), caller);

        Assert.Equal(DateTimeOffset.Parse(instant, null), ((ListValue.Constant)((ListFilter.Compare)filter!).Right).Value);
    }

    [Theory]
    [InlineData("keyId eq 1 or keyId eq 2 and not keyId eq 3", 3)]
    [InlineData("keyId in (1, 2) or keyId eq 3", 4)]
    [InlineData("keyId between (1, 2)", 3)]
    [InlineData("startswith(appName, 'a') and (appName contains 'b')", 2)]
    public void ConditionsAndValues_AreCounted(string expression, int terms)
    {
        Assert.NotNull(Parse(expression, terms));
        Assert.Contains(
            $"more conditions and values than the limit of {terms - 1} (setting Limits:FilterTerms)",
            Assert.Throws<ListFilterException>(() => Parse(expression, terms - 1)).Message,
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

    private static ListFilter? Parse(string expression, int terms = 1_000) =>
        ListFilterParser.Parse(expression, new KeyLimits { FilterTerms = terms }, new ListCaller("Ada", null, DateTimeOffset.UnixEpoch));

    private static string Text(ListFilter filter) => filter switch
    {
        ListFilter.Compare compare => $"{Text(compare.Left)} {compare.How} {Text(compare.Right)}",
        ListFilter.OneOf oneOf => $"{Text(oneOf.Value)} OneOf {string.Join(", ", oneOf.Values)}",
        ListFilter.Not not => $"Not({Text(not.Inner)})",
        ListFilter.IsNull isNull => $"IsNull({Text(isNull.Inner)})",
        ListFilter.IsTrue isTrue => $"IsTrue({Text(isTrue.Inner)})",
        _ => Structure(filter),
    };

    private static string Text(ListValue value) => value switch
    {
        ListValue.Column column => $"{column.Name}",
        ListValue.Constant constant => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{constant.Value}"),
        ListValue.Apply apply => $"{apply.Function}({string.Join(", ", apply.Values.Select(Text))})",
        _ => $"{value}",
    };

    private static string Structure(ListFilter filter) => filter switch
    {
        ListFilter.And all => $"All({string.Join(", ", all.Filters.Select(Structure))})",
        ListFilter.Or any => $"Any({string.Join(", ", any.Filters.Select(Structure))})",
        ListFilter.OneOf oneOf => $"OneOf({string.Join(", ", oneOf.Values)})",
        ListFilter.Not not => $"Not({Structure(not.Inner)})",
        ListFilter.Compare compare => Text(compare.Right),
        _ => filter.ToString(),
    };
}
