using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// The process may end at any moment of a mixed load. Each client has an application of its own and a model of it: what was acknowledged is
/// there, and the one call that was under way is there whole or not at all. FOREIGNGRPC_TEST_ROUNDS says how many times it is killed, 10 by
/// default.
/// </summary>
[Collection(AloneGroup.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Clients = 32;

    private static readonly int Rounds = Tool.Setting("FOREIGNGRPC_TEST_ROUNDS", 10);

    [Fact]
    public async Task KilledUnderMixedLoad_WhatWasAcknowledgedIsThere_AndNothingIsHalfDone()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var server = new ServerProcess();
        await server.InitializeAsync();
        var clients = Enumerable.Range(0, Clients).Select(i => new Client($"crash {i}", seed + i)).ToList();
        var starts = new List<TimeSpan>();
        for (var round = 1; round <= Rounds; round++)
        {
            using (var rest = server.Rest(Clients))
            {
                var load = clients.Select(client => Task.Run(() => client.RunUntilTheServerIsGoneAsync(rest))).ToArray();
                await Task.Delay(random.Next(50, 1_000));
                await server.KillAsync();
                await Task.WhenAll(load);
            }

            var clock = Stopwatch.StartNew();
            await server.StartAsync();
            starts.Add(clock.Elapsed);
            using var again = server.Rest();
            foreach (var client in clients)
            {
                await client.AssertAsItMustBeAsync(again);
            }

            AssertIntact(server.DatabaseFile);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} kills (seed {seed}): {clients.Sum(client => client.Acknowledged)} changes acknowledged, "
            + $"{clients.Sum(client => client.Undecided)} under way at a kill, "
            + $"of which {clients.Sum(client => client.DoneAllTheSame)} were done; "
            + $"ready again after {starts.Order().ElementAt(Rounds / 2).TotalSeconds:F2} s, {starts.Max().TotalSeconds:F2} s at most"));
        Assert.True(clients.Sum(client => client.Acknowledged) > Rounds * 100);
        await server.DisposeAsync();
    }

    private static void AssertIntact(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check) || (SELECT count(*) FROM pragma_foreign_key_check)";
        Assert.Equal("ok0", command.ExecuteScalar());
    }

    /// <summary>What an application has: its devices by identifier, and its keys by device and record. Null when there is none.</summary>
    private sealed record Model(ImmutableSortedSet<string> Devices, ImmutableSortedDictionary<(string Device, int Record), string> Keys)
    {
        public static Model Blank { get; } = new(
            ImmutableSortedSet.Create<string>(StringComparer.Ordinal), ImmutableSortedDictionary<(string, int), string>.Empty);

        public Model With(string device, int record, string value) => new(Devices.Add(device), Keys.SetItem((device, record), value));

        public Model Without(string device) => new(Devices.Remove(device), Keys.RemoveRange(Keys.Keys.Where(key => key.Device == device)));

        public override string ToString() =>
            $"{string.Join(' ', Devices)}: {string.Join(' ', Keys.Select(key => $"{key.Key}={key.Value}"))}";
    }

    private sealed class Client(string app, int seed)
    {
        private readonly Random _random = new(seed);
        private Model? _model;
        private Model? _afterwards;
        private bool _isUndecided;
        private int _calls;

        public int Acknowledged { get; private set; }

        public int Undecided { get; private set; }

        public int DoneAllTheSame { get; private set; }

        public async Task RunUntilTheServerIsGoneAsync(HttpClient rest)
        {
            try
            {
                while (true)
                {
                    var (call, afterwards) = await NextAsync(rest);
                    (_afterwards, _isUndecided) = (afterwards, true);
                    using var response = await call();
                    Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
                    (_model, _isUndecided) = (afterwards, false);
                    Acknowledged++;
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // The connection broke, or was gone before HttpClient had asked for its address: the server is gone.
                Undecided += _isUndecided ? 1 : 0;
            }
        }

        public async Task AssertAsItMustBeAsync(HttpClient rest)
        {
            var actual = await ReadAsync(rest);
            if (_isUndecided && $"{actual}" == $"{_afterwards}" && $"{actual}" != $"{_model}")
            {
                DoneAllTheSame++;
                _model = _afterwards;
            }

            Assert.Equal($"{_model}", $"{actual}");
            Assert.Equal(_model is null, actual is null);
            _isUndecided = false;
        }

        /// <summary>The next change, and what there must be when it is done.</summary>
        private async Task<(Func<Task<HttpResponseMessage>> Call, Model? Afterwards)> NextAsync(HttpClient rest)
        {
            var (model, device, record, value) = (_model ?? Model.Blank, $"d{_random.Next(4)}", _random.Next(1, 6), $"v{++_calls}");
            var path = $"api/v1/ForeignApp/{app}/unit/{device}";
            switch (_random.Next(20))
            {
                case < 10:
                    return (
                        () => rest.PutAsJsonAsync(
                            $"{path}/Key", new { Key = "k", Value = value, TableName = "contact", RecordId = record }),
                        model.With(device, record, value));
                case < 13:
                    return (
                        () => rest.DeleteAsync($"{path}/Key/k/contact/{record}"), _model is null
                            ? null
                            : model with { Keys = model.Keys.Remove((device, record)) });
                case < 15:
                    return (() => rest.DeleteAsync(path), _model is null ? null : model.Without(device));
                case < 17:
                    string[] added = [$"{value}a", $"{value}b", $"{value}c"];
                    return (
                        () => rest.PostAsJsonAsync("api/v1/ForeignApp", new
                        {
                            Name = app,
                            Devices = added.Select(identifier => new { Name = "unit", DeviceIdentifier = identifier }),
                        }),
                        model with { Devices = model.Devices.Union(added) });
                case < 19 when await FindIdAsync(rest) is { } id:
                    var patch = new[] { $"{value}p", $"{value}q" }.Select(identifier => new
                    {
                        op = "add",
                        path = "/Devices/-",
                        value = new { Name = "unit", DeviceIdentifier = identifier },
                    });
                    return (() => rest.PatchAsJsonAsync($"api/v1/ForeignApp/{id}", patch),
                        model with { Devices = model.Devices.Union([$"{value}p", $"{value}q"]) });
                case 19 when await FindIdAsync(rest) is { } id:
                    return (() => rest.DeleteAsync($"api/v1/ForeignApp/{id}"), null);
                default:
                    return (
                        () => rest.PutAsJsonAsync(
                            $"{path}/Key", new { Key = "k", Value = value, TableName = "contact", RecordId = record }),
                        model.With(device, record, value));
            }
        }

        private async Task<int?> FindIdAsync(HttpClient rest)
        {
            using var response = await rest.GetAsync($"api/v1/ForeignApp/{app}");
            return response.IsSuccessStatusCode ? (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["ForeignAppId"] : null;
        }

        private async Task<Model?> ReadAsync(HttpClient rest)
        {
            Model? model = null;
            for (var next = $"api/v1/ForeignApp?$filter=appName eq '{app}'"; next is not null;)
            {
                var page = JsonNode.Parse(await rest.GetStringAsync(next))!;
                foreach (var row in page["value"]!.AsArray())
                {
                    model ??= Model.Blank;

                    // An id of 0 says that the application has no device, or the device no key.
                    var device = (string)row!["deviceIdentifier"]!;
                    var (hasDevice, hasKey) = ((int)row["deviceId"]! > 0, (int)row["keyId"]! > 0);
                    model = !hasDevice ? model
                        : hasKey ? model.With(device, (int)row["recordId"]!, (string)row["keyValue"]!)
                        : model with { Devices = model.Devices.Add(device) };
                }

                next = (string?)page["odata.nextLink"];
            }

            return model;
        }
    }
}
