using System.Net;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ForeignGrpc.Server.Tests;

/// <summary>`SO-Language`, `Accept-Language` and `SO-Culture`: what they choose, and what that does to texts and values.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class LanguageTests(RunningServer server)
{
    private const string MultiLanguage = "US:\"Supplier\";NO:\"Leverandør\";GE:\"Der \"\"Lieferant\"\"\"";

    private readonly string _app = $"language {Guid.NewGuid():N}";

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "en", "en")]
    [InlineData(null, "nb-NO, nb;q=0.9, en;q=0.8", "nb")]
    [InlineData(null, "en;q=0.3, sv;q=0.7", "sv")]
    [InlineData(null, "no", "nb")]
    [InlineData(null, "tlh, da;q=0.5", "da")]
    [InlineData(null, "tlh", "en")]
    [InlineData(null, "de;q=0, nl", "nl")]
    [InlineData(null, "*", null)]
    [InlineData("de", "nb", "de")]
    [InlineData("zh-Hans-CN", "nb", "zh")]
    [InlineData("*", "nb", null)]
    [InlineData("x", "nb", null)]
    [InlineData("-", "nb", null)]
    [InlineData("", "nb", null)]
    [InlineData("klingon", null, "en")]
    public void Language_IsChosenByItsHeaders(string? own, string? accepted, string? expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = accepted;
        if (own is not null)
        {
            request.Headers["SO-Language"] = own;
        }

        Assert.Equal(expected, CallLanguage.Choose(request)?.Language);
    }

    [Theory]
    [InlineData("nb", null, "nb-NO")]
    [InlineData("en-GB", null, "en-GB")]
    [InlineData("nb", "de-DE", "de-DE")]
    [InlineData("en", "nonsense culture", "en")]
    public void Culture_IsThatOfTheHeader_ElseTheLanguages(string language, string? culture, string expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["SO-Language"] = language;
        request.Headers["SO-Culture"] = culture;

        var chosen = CallLanguage.Choose(request)!.Culture;
        Assert.True(chosen.Name == expected || chosen.Name == expected.Split('-')[0], chosen.Name);
        request.Headers.Remove("SO-Language");
        Assert.Null(CallLanguage.Choose(request));
    }

    [Theory]
    [InlineData("nb", "Leverandør")]
    [InlineData("en", "Supplier")]
    [InlineData("de", "Der \"Lieferant\"")]
    [InlineData("fr", "Supplier")]
    [InlineData(null, MultiLanguage)]
    public void MultiLanguageValue_IsShownInTheLanguage_ElseInEnglish(string? language, string expected) =>
        Assert.Equal(expected, MultiLanguageText.In(language, MultiLanguage));

    [Theory]
    [InlineData("NO:\"Leverandør\";SW:\"Leverantör\"", "Leverandør")]
    [InlineData("NO:\"a\";", "a")]
    [InlineData("NO:\"\"", "")]
    [InlineData("NO:\"a\"b", "NO:\"a\"b")]
    [InlineData("XX:\"a\"", "XX:\"a\"")]
    [InlineData("no:\"a\"", "no:\"a\"")]
    [InlineData("NO:\"a\" ", "NO:\"a\" ")]
    [InlineData(" NO:\"a\"", " NO:\"a\"")]
    [InlineData("NO:\"a;US:\"b\"", "NO:\"a;US:\"b\"")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void OnlyWhatIsMultiLanguageAsAWhole_IsOne(string value, string inFrench) =>
        Assert.Equal(inFrench, MultiLanguageText.In("fr", value));

    [Theory]
    [InlineData("nb-NO", "nb", "Value har 8 001 tegn; høyst 8 000 er tillatt.")]
    [InlineData("sv", "sv", "Value har 8 001 tecken; högst 8 000 är tillåtna.")]
    [InlineData("da", "da", "Value har 8.001 tegn; højst 8.000 er tilladt.")]
    [InlineData("de", "de", "Value hat 8.001 Zeichen; höchstens 8.000 sind erlaubt.")]
    [InlineData("nl", "nl", "Value heeft 8.001 tekens; maximaal 8.000 zijn toegestaan.")]
    [InlineData("fr", "en", null)]
    public async Task Errors_AreInTheCallersLanguage(string language, string contentLanguage, string? expected)
    {
        using var request = Call(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", ("Accept-Language", language));
        request.Content = Http.Json($$"""{"Value":"{{new string('v', 8_001)}}"}""");
        using var response = await server.Rest().SendAsync(request);

        var text = (await response.ReadErrorAsync(HttpStatusCode.BadRequest)).Replace('\u00A0', ' ');
        Assert.StartsWith(expected ?? "Value has ", text, StringComparison.Ordinal);
        Assert.Equal(contentLanguage, Assert.Single(response.Content.Headers.ContentLanguage));
        Assert.Contains("SO-Language", response.Headers.Vary);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().GetAppByNameAsync(
            new GetAppByNameRequest { ApplicationName = _app }, new Metadata { { "so-language", language } }));
        Assert.Equal(Texts.Find("There is no application named '{0}'.", contentLanguage)!.Replace(
            "{0}", _app, StringComparison.Ordinal), failure.Status.Detail);
    }

    [Fact]
    public async Task Culture_FormatsNumbersOfTheText()
    {
        using var request = Call(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", ("SO-Language", "en"), ("SO-Culture", "de-DE"));
        request.Content = Http.Json($$"""{"Value":"{{new string('v', 8_001)}}"}""");
        using var response = await server.Rest().SendAsync(request);

        Assert.Contains("has 8.001 characters", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_AreShownInTheLanguage_AndStoredAsTheyAre()
    {
        await server.Grpc().SaveForeignKeyAsync(new SaveForeignKeyRequest
        {
            ApplicationName = _app,
            DeviceName = "unit",
            ForeignKey = new ForeignKey { KeyName = "k", KeyValue = MultiLanguage },
        });

        async Task<string?> ReadAsync(params (string Name, string Value)[] headers)
        {
            using var response = await server.Rest().SendAsync(Call(HttpMethod.Get, $"ForeignApp/{_app}/unit/Key/k//0", headers));
            return (string?)(await response.ReadAsync())!["Value"];
        }

        Assert.Equal("Leverandør", await ReadAsync(("Accept-Language", "nb")));
        Assert.Equal("Supplier", await ReadAsync(("SO-Language", "ja")));
        Assert.Equal(MultiLanguage, await ReadAsync(("SO-Language", "*"), ("Accept-Language", "nb")));
        Assert.Equal(MultiLanguage, await ReadAsync());
        using var xml = await server.Rest().SendAsync(
            Call(HttpMethod.Get, $"ForeignApp/{_app}/unit/Key/k//0/Value", ("SO-Language", "de"), ("Accept", "text/xml")));
        Assert.Contains("Der \"Lieferant\"", await xml.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("de", Assert.Single(xml.Content.Headers.ContentLanguage));
        using var list = await server.Rest().SendAsync(
            Call(HttpMethod.Get, $"ForeignApp?$filter=appName eq '{_app}'", ("SO-Language", "nb")));
        Assert.Equal("Leverandør", (string?)(await list.ReadAsync())!["value"]![0]!["keyValue"]);
    }

    [Fact]
    public async Task Reasons_AreInTheLanguage_EachTime()
    {
        await server.Grpc().SaveForeignKeyAsync(
            new SaveForeignKeyRequest { ApplicationName = _app, DeviceName = "unit", ForeignKey = new ForeignKey { KeyName = "k" } });
        foreach (var (language, reason) in new[]
        {
            ("nb", "Rollen din er reader"), ("de", "Ihre Rolle ist reader"), ("en", "Your role is reader"), ("nb", "Rollen din er reader"),
        })
        {
            using var response = await server.Rest(UserRole.Reader).SendAsync(
                Call(HttpMethod.Get, $"ForeignApp/{_app}/unit/Key/k//0", ("SO-Language", language)));
            var key = (await response.ReadAsync())!;
            Assert.StartsWith(reason, (string)key["TableRight"]!["Reason"]!, StringComparison.Ordinal);
            Assert.StartsWith(reason, (string)key["FieldProperties"]!["Value"]!["FieldRight"]!["Reason"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RefusalsAndFailedPatches_AreInTheLanguage()
    {
        using var refused = await server.Rest(role: null).SendAsync(Call(HttpMethod.Get, "ForeignApp", ("SO-Language", "nl")));
        Assert.StartsWith(
            "Geldige aanmeldgegevens zijn vereist", await refused.ReadErrorAsync(HttpStatusCode.Unauthorized), StringComparison.Ordinal);

        using var request = Call(HttpMethod.Put, $"ForeignApp/{_app}/unit/1/Key", ("SO-Language", "sv"));
        request.Content = new StringContent("""[{"op":"test","path":"/Value","value":"x"}]""", null, "application/json-patch+json");
        using var patched = await server.Rest().SendAsync(request);
        Assert.StartsWith("Testet av '/Value' slog fel", await patched.ReadErrorAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Call(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
