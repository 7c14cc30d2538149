using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Three servers on one database under a mixed load with deletes and renames. Each client keeps a model of what is its own, sends each call
/// to the next server, and compares every read with the model; what is everybody's is made and deleted by all of them at once.
/// FOREIGNGRPC_TEST_OPERATIONS says how many operations, 6,000 by default.
/// </summary>
[Collection(ThreeServersGroup.Name)]
public sealed class SeveralServersTests(ThreeServers service, ITestOutputHelper output)
{
    private const int Clients = 32;

    private static readonly int Operations = Tool.Setting("FOREIGNGRPC_TEST_OPERATIONS", 6_000);

    private readonly Service _balanced = service.OrSkip();

    [SkippableFact]
    public async Task EveryReadSeesEveryEarlierWrite_WhicheverServerIsAsked()
    {
        var run = $"{Guid.NewGuid():N}";
        using var rest = _balanced.Rest(Clients);
        var clients = Enumerable.Range(0, Clients).Select(i => new Client(i, run, service.Servers, rest)).ToList();

        await Task.WhenAll(clients.Select(client => Task.Run(() => client.RunAsync(Operations / Clients))));

        output.WriteLine(
            $"{Operations} operations by {Clients} clients: "
            + $"{clients.Sum(client => client.Compared)} reads compared with {clients.Sum(client => client.Written)} writes before");
        Assert.True(clients.Sum(client => client.Compared) > Operations / 10);
        var rows = await AllRowsAsync(rest, run);
        foreach (var client in clients)
        {
            Assert.Equal(client.Expected(), rows.Where(row => row.App == client.App && row.HasKey).Select(
                row => (row.Identifier, row.Record, row.Value)).Order());
        }

        AssertNoDuplicates(rows);
    }

    [SkippableFact]
    public async Task TicketsAndSessions_WorkOnEveryServer_AndEndOnAll()
    {
        using var rest = service.Servers[0].Rest();
        var issued = JsonNode.Parse(await (await rest.PostAsync("api/v1/Session/Tickets", null)).Content.ReadAsStringAsync())!;
        var credential = $"SoTicket {issued["Ticket"]}";
        Assert.All(await StatusesAsync(("Authorization", credential)), status => Assert.Equal(HttpStatusCode.OK, status));
        using var login = await rest.PostAsJsonAsync("api/v1/Session/Login", new { UserName = Service.User, Service.Password });
        var cookies = login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        (string, string)[] session =
            [("Cookie", string.Join("; ", cookies)), (
                "X-XSRF-TOKEN", cookies.Single(cookie => cookie.StartsWith("XSRF-TOKEN=", StringComparison.Ordinal)).Split('=', 2)[1])];
        Assert.All(await StatusesAsync(session), status => Assert.Equal(HttpStatusCode.OK, status));

        using var elsewhere = service.Servers[1].Rest();
        (await elsewhere.DeleteAsync($"api/v1/Session/Tickets/{issued["TicketId"]}")).EnsureSuccessStatusCode();

        Assert.All(await StatusesAsync(("Authorization", credential)), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.All(await StatusesAsync(session), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [SkippableFact]
    public async Task UserDisabledByTheCommand_IsShutOutOfEveryServer_WhenTheCommandEnds()
    {
        var server = service.Servers[0];
        Task<(int ExitCode, string Output, string Error)> UsersAsync(string input, params string[] arguments) =>
            Tool.RunAsync("dotnet", [Tool.Server, "users", .. arguments], server.Folder, input, server.Settings);
        var name = $"ada {Guid.NewGuid():N}";
        Assert.Equal(0, (await UsersAsync("secret\n", "add", name, "--role", "reader")).ExitCode);
        var credential = $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:secret"))}";
        Assert.All(await StatusesAsync(("Authorization", credential)), status => Assert.Equal(HttpStatusCode.OK, status));

        Assert.Equal(0, (await UsersAsync("", "disable", name)).ExitCode);

        Assert.All(await StatusesAsync(("Authorization", credential)), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
    }

    /// <summary>What each server answers to a call with these headers.</summary>
    private Task<HttpStatusCode[]> StatusesAsync(params (string Name, string Value)[] headers) =>
        Task.WhenAll(service.Servers.Select(async server =>
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.RestUri, "api/v1/ForeignApp/default"));
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }));

    private static void AssertNoDuplicates(List<Row> rows)
    {
        Assert.Equal(rows.Select(row => row.App).Distinct().Count(), rows.Select(row => row.AppId).Distinct().Count());
        var devices = rows.Where(row => row.HasDevice).Select(
            row => (row.App, row.Device, row.Identifier, row.DeviceId)).Distinct().ToList();
        Assert.Equal(devices.Count, devices.Select(device => (device.App, device.Device, device.Identifier)).Distinct().Count());
        var keys = rows.Where(row => row.HasKey).Select(row => (row.DeviceId, row.Key, row.Record)).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    private static async Task<List<Row>> AllRowsAsync(HttpClient rest, string run)
    {
        var rows = new List<Row>();
        for (var next = $"api/v1/ForeignApp?$filter=startswith(appName, '{run}')"; next is not null;)
        {
            var page = JsonNode.Parse(await rest.GetStringAsync(next))!;
            rows.AddRange(page["value"]!.AsArray().Select(row => new Row(
                (int)row!["appId"]!, (string)row["appName"]!, (int)row["deviceId"]!, (string?)row["deviceName"],
                (string?)row["deviceIdentifier"],
                (int)row["keyId"]!, (string?)row["keyName"], (int)row["recordId"]!, (string?)row["keyValue"])));
            next = (string?)page["odata.nextLink"];
        }

        return rows;
    }

    /// <summary>A row of the list. An id of 0 says that the application has no device, or the device no key.</summary>
    private sealed record Row(
        int AppId, string App, int DeviceId, string? Device, string? Identifier, int KeyId, string? Key, int Record, string? Value)
    {
        public bool HasDevice => DeviceId != 0;

        public bool HasKey => KeyId != 0;
    }

    /// <summary>One caller, one call at a time.</summary>
    private sealed class Client(int number, string run, IReadOnlyList<ServerProcess> servers, HttpClient rest)
    {
        private const int Devices = 3;
        private const int Records = 8;

        private readonly Random _random = new();
        private readonly Dictionary<(string Identifier, int Record), string> _keys = [];
        private readonly string[] _identifiers = [.. Enumerable.Range(0, Devices).Select(i => $"{i}")];
        private int _calls;

        public string App => $"{run} {number}";

        public int Compared { get; private set; }

        public int Written { get; private set; }

        public IEnumerable<(string?, int, string?)> Expected() =>
            _keys.Select(key => ((string?)key.Key.Identifier, key.Key.Record, (string?)key.Value)).Order();

        public async Task RunAsync(int operations)
        {
            for (var i = 0; i < operations; i++)
            {
                var (identifier, record) = (_identifiers[_random.Next(Devices)], _random.Next(1, Records));
                switch (_random.Next(100))
                {
                    case < 45:
                        await SaveAsync(App, identifier, record, $"{i}");
                        _keys[(identifier, record)] = $"{i}";
                        break;
                    case < 80:
                        Assert.Equal(_keys.GetValueOrDefault((identifier, record)), await ReadAsync(identifier, record));
                        Compared++;
                        break;
                    case < 90:
                        await CallAsync((agent, metadata) => agent.DeleteForeignKeyOnNameAsync(
                            new DeleteForeignKeyOnNameRequest
                            {
                                ApplicationName = App,
                                DeviceName = "unit",
                                DeviceIdentifier = identifier,
                                KeyName = "k",
                                TableName = "contact",
                                RecordId = record
                            }, metadata));
                        Forget(key => key == (identifier, record));
                        break;
                    case < 93:
                        await CallAsync((agent, metadata) => agent.DeleteDeviceByIdentifierAsync(
                            new DeleteDeviceByIdentifierRequest
                            {
                                ApplicationName = App,
                                DeviceName = "unit",
                                DeviceIdentifier = identifier,
                            }, metadata));
                        Forget(key => key.Identifier == identifier);
                        break;
                    case < 95:
                        await ReidentifyAsync(identifier, $"{i} of {number}");
                        break;
                    case < 96:
                        await DeleteAppAsync(App);
                        Forget(_ => true);
                        break;
                    case < 99:
                        await SaveAsync($"{run} shared {_random.Next(3)}", $"{_random.Next(3)}", _random.Next(1, Records), $"{i}");
                        break;
                    default:
                        await DeleteAppAsync($"{run} shared {_random.Next(3)}");
                        break;
                }
            }
        }

        private void Forget(Func<(string Identifier, int Record), bool> which)
        {
            foreach (var key in _keys.Keys.Where(which).ToList())
            {
                _keys.Remove(key);
            }
        }

        private async Task ReidentifyAsync(string identifier, string newIdentifier)
        {
            await CallAsync((agent, metadata) => agent.SaveDeviceByIdentifierAsync(
                new SaveDeviceByIdentifierRequest
                {
                    ApplicationName = App,
                    DeviceName = "unit",
                    DeviceIdentifier = identifier,
                    ForeignDevice = new ForeignDevice { DeviceName = "unit", DeviceIdentifier = newIdentifier },
                },
                metadata));
            _identifiers[Array.IndexOf(_identifiers, identifier)] = newIdentifier;
            foreach (var (key, value) in _keys.Where(key => key.Key.Identifier == identifier).ToList())
            {
                _keys.Remove(key);
                _keys[(newIdentifier, key.Record)] = value;
            }
        }

        private async Task DeleteAppAsync(string name)
        {
            var app = await FindAsync(name);
            if (app is not null)
            {
                await CallAsync((agent, metadata) => agent.DeleteForeignAppEntityAsync(
                    new DeleteForeignAppEntityRequest { ForeignAppEntityId = app.ForeignAppId }, metadata));
            }
        }

        private async Task<ForeignAppEntity?> FindAsync(string name)
        {
            try
            {
                return await CallAsync(
                    (agent, metadata) => agent.GetAppByNameAsync(new GetAppByNameRequest { ApplicationName = name }, metadata));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return null;
            }
        }

        private async Task SaveAsync(string app, string identifier, int record, string value)
        {
            Written++;
            if (_random.Next(4) == 0)
            {
                using var response = await rest.PutAsJsonAsync(
                    $"api/v1/ForeignApp/{app}/unit/{identifier}/Key",
                    new { Key = "k", Value = value, TableName = "contact", RecordId = record });
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                return;
            }

            var saved = await CallAsync((agent, metadata) => agent.SaveForeignKeyAsync(
                new SaveForeignKeyRequest
                {
                    ApplicationName = app,
                    DeviceName = "unit",
                    DeviceIdentifier = identifier,
                    ForeignKey = new ForeignKey { KeyName = "k", KeyValue = value, TableName = "contact", RecordId = record },
                },
                metadata));
            Assert.Equal(value, saved.KeyValue);
        }

        private async Task<string?> ReadAsync(string identifier, int record)
        {
            if (_random.Next(4) == 0)
            {
                using var response = await rest.GetAsync($"api/v1/ForeignApp/{App}/unit/{identifier}/Key/k/contact/{record}/Value");
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{response.StatusCode}");
                return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadFromJsonAsync<string>() : null;
            }

            try
            {
                return (await CallAsync((agent, metadata) => agent.GetKeyOnDeviceIdentifierAsync(
                    new GetKeyOnDeviceIdentifierRequest
                    {
                        ApplicationName = App,
                        DeviceName = "unit",
                        DeviceIdentifier = identifier,
                        KeyName = "k",
                        TableName = "contact",
                        RecordId = record
                    },
                    metadata))).KeyValue;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return null;
            }
        }

        private async Task<T> CallAsync<T>(Func<ForeignSystemAgent.ForeignSystemAgentClient, Metadata, AsyncUnaryCall<T>> call)
        {
            var (agent, metadata) = servers[(number + _calls++) % servers.Count].Grpc();
            return await call(agent, metadata);
        }
    }
}
