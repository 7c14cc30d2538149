using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Tests;

/// <summary>What is saved through one door is the same through every other, whatever Unicode the names and values are made of.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class EveryDoorTests(RunningServer server)
{
    private static readonly Rune[] Special =
        [.. "/%+<>@\"'&=?#;:.,\\{}[]~ \t\r\n\u0001\u007F\u00A0\u200B\uE000\uFEFF\uFFFD\uFFFFKkæ😀".EnumerateRunes()];

    /// <summary>Any Unicode scalar value, with plenty of those that paths, JSON and SQL treat specially.</summary>
    private static readonly Gen<Rune> AnyRune = Gen.Frequency(
        (3, Gen.Int[0, Special.Length - 1].Select(index => Special[index])),
        (2, Gen.Int[0x20, 0x7E].Select(value => new Rune(value))),
        (1, Gen.Int[1, 0xD7FF].Select(value => new Rune(value))),
        (1, Gen.Int[0xE000, 0x10FFFF].Select(value => new Rune(value))));

    private readonly HttpClient _rest = server.Rest();
    private readonly ForeignSystemAgent.ForeignSystemAgentClient _grpc = server.Grpc();

    [Fact]
    public async Task AnyKey_IsTheSameThroughEveryDoor() =>
        await Gen.Select(
                Name(1, 254), Name(1, 31), Name(0, 239), Name(0, 239), Text(0, 400), Name(0, 254), Gen.Int[0, int.MaxValue])
            .Where((_, _, _, name, value, table, _) => name.Length + value.Length + table.Length > 0)
            .SampleAsync(
                async (app, device, identifier, name, value, table, record) =>
                    await SaveOverRestAndReadEverywhereAsync(app, device, identifier, name, value, table, table.Length == 0 ? 0 : record),
                iter: 400,
                threads: 2);

    [Fact]
    public async Task LongestNamesOfLongestCharacters_FitInAPath()
    {
        static string Emoji(int count) => string.Concat(Enumerable.Repeat("😀", count));

        await SaveOverRestAndReadEverywhereAsync(Emoji(254), Emoji(31), Emoji(239), Emoji(239), Emoji(8_000), Emoji(254), int.MaxValue);
    }

    [Theory]
    [InlineData(".", "..", "", "nul \0 inside", "\0", "contact")]
    [InlineData("..", ".", ".", "", "v", "")]
    public async Task WhatAPathCannotCarry_GoesThroughAgentsAndGrpc(
        string app, string device, string identifier, string name, string value, string table)
    {
        var saved = await _grpc.SaveForeignKeyAsync(new SaveForeignKeyRequest
        {
            ApplicationName = app,
            DeviceName = device,
            DeviceIdentifier = identifier,
            ForeignKey = new ForeignKey { KeyName = name, KeyValue = value, TableName = table },
        });

        Assert.Equal((name, value), (saved.KeyName, saved.KeyValue));
        AssertSame(saved, await ReadOverAgentsAsync(app, device, identifier, name, table, 0));
    }

    private static Gen<string> Text(int shortest, int longest) =>
        AnyRune.Array[shortest, longest].Select(runes => string.Concat(runes.Select(rune => rune.ToString())));

    /// <summary>A name that a path can carry, often a short one.</summary>
    private static Gen<string> Name(int shortest, int longest) =>
        Gen.OneOf(Text(shortest, Math.Min(8, longest)), Text(shortest, longest)).Where(name => name is not ("." or ".."));

    private static void AssertSame(ForeignKey expected, JsonNode? actual)
    {
        Assert.Equal(expected.KeyName, (string?)actual!["Key"]);
        Assert.Equal(expected.KeyValue, (string?)actual["Value"]);
        Assert.Equal(expected.TableName, (string?)actual["TableName"]);
        Assert.Equal(expected.RecordId, (int)actual["RecordId"]!);
        Assert.Equal(expected.CreatedDate.ToDateTime(), DateTime.Parse((string)actual["CreatedDate"]!, null).ToUniversalTime());
        Assert.Equal(expected.UpdatedBy, (string?)actual["UpdatedBy"]);
    }

    private async Task SaveOverRestAndReadEverywhereAsync(
        string app, string device, string identifier, string name, string value, string table, int record)
    {
        var body = new JsonObject { ["Key"] = name, ["Value"] = value, ["TableName"] = table, ["RecordId"] = record };
        var put = await _rest.PutAsync(Path(app, device, identifier) + "/Key", Http.Json(body.ToJsonString()));
        var saved = (await put.ReadAsync())!;
        Assert.Equal(name, (string?)saved["Key"]);
        Assert.Equal(value, (string?)saved["Value"]);
        Assert.Equal(table, (string?)saved["TableName"], StringComparer.OrdinalIgnoreCase);
        Assert.Equal(record, (int)saved["RecordId"]!);

        var overGrpc = await _grpc.GetKeyOnDeviceIdentifierAsync(new GetKeyOnDeviceIdentifierRequest
        {
            ApplicationName = app,
            DeviceName = device,
            DeviceIdentifier = identifier,
            KeyName = name,
            TableName = table,
            RecordId = record,
        });
        var overRest = await _rest.GetAsync($"{Path(app, device, identifier)}/Key/{Path(name, table)}/{record}");
        AssertSame(overGrpc, saved);
        AssertSame(overGrpc, await overRest.ReadAsync());
        AssertSame(overGrpc, await ReadOverAgentsAsync(app, device, identifier, name, table, record));
    }

    private async Task<JsonNode?> ReadOverAgentsAsync(string app, string device, string identifier, string name, string table, int record)
    {
        var arguments = new JsonObject
        {
            ["applicationName"] = app,
            ["deviceName"] = device,
            ["deviceIdentifier"] = identifier,
            ["keyName"] = name,
            ["tableName"] = table,
            ["recordId"] = record,
        };
        var response = await _rest.PostAsync("Agents/ForeignSystem/GetKeyOnDeviceIdentifier", Http.Json(arguments.ToJsonString()));
        return await response.ReadAsync();
    }

    private static string Path(params string[] names) =>
        (names.Length == 3 ? "ForeignApp/" : "") + string.Join('/', names.Select(Uri.EscapeDataString));
}
