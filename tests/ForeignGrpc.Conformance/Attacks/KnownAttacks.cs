using System.Globalization;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>An attack that is tried on the server.</summary>
/// <param name="Name">What it does, for the report.</param>
/// <param name="Role">The role of the attacker's user; null for an anonymous attacker.</param>
/// <param name="RunAsync">Attacks until the attack's end.</param>
/// <param name="PrepareAsync">Puts into the database what the attack needs; more for a long attack.</param>
internal sealed record KnownAttack(
    string Name, string? Role, Func<Attack, Task> RunAsync, Func<ServerProcess, bool, Task>? PrepareAsync = null)
{
    /// <summary>Whether the database works for it: what a stranger sends ends before that.</summary>
    public bool ReachesDatabase => Role is not null;
}

/// <summary>The attacks.</summary>
internal static class KnownAttacks
{
    private const string Json = "application/json";
    private const string GrpcWebText = "application/grpc-web-text";
    private const string Login = "POST /api/v1/Session/Login";
    private const string Agents = "POST /api/v1/Agents/ForeignSystem";

    public static IReadOnlyList<KnownAttack> All { get; } =
    [
        new("Filters of thousands of conditions", "reader", attack =>
        {
            var chain = attack.Request(
                $"GET /api/v1/ForeignApp?$filter={string.Join("%20or%20", Enumerable.Repeat("appId%20eq%201", 4_000))}");
            var list = attack.Request($"GET /api/v1/ForeignApp?$filter=appId%20in%20({string.Join(',', Enumerable.Repeat(1, 20_000))})");
            var sorted = attack.Request($"GET /api/v1/ForeignApp?$orderBy={string.Join(',', Enumerable.Repeat("appId", 2_001))}");
            return attack.FloodAsync(4, (_, count) => (count % 3) switch { 0 => chain, 1 => list, _ => sorted });
        }),
        new("Scans whose callers leave", "reader", attack =>
        {
            var scan = attack.Request(
                $"GET /api/v1/ForeignApp?$filter="
                + string.Join("%20or%20", Enumerable.Repeat("contains(keyValue,'no%20such%20value')", 60)));
            return attack.FloodAsync(30, (_, _) => scan, leave: TimeSpan.FromSeconds(1));
        }, (server, isLong) => ManyKeys.FillAsync(server, isLong ? 1_000_000 : 100_000)),
        new("Scans whose callers wait", "reader", attack =>
        {
            var scan = attack.Request("GET /api/v1/ForeignApp?$filter=contains(keyValue,'no%20such%20value')");
            return attack.FloodAsync(10, (_, _) => scan);
        }, (server, isLong) => ManyKeys.FillAsync(server, isLong ? 1_000_000 : 100_000)),
        new("Logins with a patch of long names", null, attack =>
        {
            var bomb = attack.Request(
                Login, "application/json-patch+json",
                $$"""[{"op":"add","path":"/UserName","value":{"{{new string('x', 100_000)}}":["""
                + $$"""{{string.Join(',', Enumerable.Repeat(1, 50_000))}}]} }]""");
            return attack.FloodAsync(8, (_, _) => bomb);
        }),
        new("Saves with long names and many values", "writer", attack =>
        {
            var bomb = attack.Request(
                "PUT /api/v1/ForeignApp/bomb/unit//Key", "application/json-patch+json",
                $$"""[{"op":"add","path":"/Value","value":{"{{new string('x', 100_000)}}":["""
                + $$"""{{string.Join(',', Enumerable.Repeat(1, 50_000))}}]} }]""");
            return attack.FloodAsync(8, (_, _) => bomb);
        }),
        new("Tickets that are all different", null, attack =>
        {
            var filler = new string('x', 100_000);
            return attack.FloodAsync(8, (number, count) => attack.Request(
                "GET /api/v1/ForeignApp/default", authorization: $"SoTicket {number}-{count}-{filler}"));
        }),
        new("Forged tickets of the right shape", null, attack => attack.FloodAsync(
            8, (number, count) => attack.Request(
                "GET /api/v1/ForeignApp/default",
                authorization: $"SoTicket 7T:{string.Create(CultureInfo.InvariantCulture, $"{number}-{count}").PadRight(43, 'x')}"))),
        new("Logins over grpc-web, of junk and of base64 in tiny pieces", null, attack =>
        {
            var bodies = new[] { "====", "AA==", "AAAAAAo=", "{}", "AAAAA", "gAAAAAA=" }.Select(part => attack.Request(
                "POST /foreignsystem.v1.SessionAgent/Login", GrpcWebText, string.Concat(Enumerable.Repeat(part, 500)))).ToArray();
            return attack.FloodAsync(8, (_, count) => bodies[count % bodies.Length]);
        }),
        new("Reads over grpc-web whose messages come in tiny pieces of base64", "reader", attack =>
        {
            var pieces = $"AA==AA==DA==AA==AA=={string.Concat(Enumerable.Repeat("AA==", 400_000))}";
            var read = attack.Request("POST /foreignsystem.v1.ForeignSystemAgent/GetAppByName", GrpcWebText, pieces);
            return attack.FloodAsync(8, (_, _) => read);
        }),
        new("Junk over connections of its own", null, attack => attack.FloodAsync(50, (_, _) => "\0\0\r\n\r\n"u8.ToArray())),
        new("Probes without end", null, attack => attack.FloodAsync(8, (_, _) => attack.Request("GET /health/live"))),
        new("Forged tickets over connections of their own", null, attack => attack.FloodAsync(
            50, (_, _) => attack.Request("GET /api/v1/ForeignApp/default", authorization: "SoTicket x"), closes: true)),
        new("Forged tickets over gRPC", null, attack => FloodGrpcAsync(attack, resets: false)),
        new("Forged tickets over gRPC, each stream reset", null, attack => FloodGrpcAsync(attack, resets: true)),
        new("Names and passwords that are all different", null, attack => attack.FloodAsync(8, (number, count) => attack.Request(
            "GET /api/v1/ForeignApp/default",
            authorization: $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{number}-{count}-{new string('x', 60_000)}:y"))}"))),
        new("Wrong passwords from 300 addresses", null, attack => attack.FloodAsync(
            300, (number, count) =>
                attack.Request(Login, body: $$"""{"UserName":"tje{{number % 7}}","Password":"{{number}}-{{count}}"}"""))),
        new("Idle reflection streams from 51 addresses", null, attack => HoldStreamsAsync(
            attack, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")),
        new("Idle streams of health from 51 addresses", null, attack => HoldStreamsAsync(attack, "/grpc.health.v1.Health/Watch")),
        new("Held logins of a megabyte", null, async attack =>
        {
            var connections = new List<RawConnection>();
            for (var number = 0; number < 285; number++)
            {
                var connection = await RawConnection.OpenAsync(attack.Server.RestUri, Attack.Address(number % 3));
                connections.Add(connection);
                try
                {
                    await connection.WriteAsync(attack.Request(Login, body: new string(' ', 1_048_576))[..^10]);
                }
                catch (IOException)
                {
                    attack.Note(0);
                }
            }

            await attack.HoldAsync(connections);
        }),
        new("10,000 idle connections from one address", null, async attack =>
        {
            var connections = new List<RawConnection>();
            try
            {
                while (connections.Count < 10_000)
                {
                    connections.Add(await RawConnection.OpenAsync(attack.Server.RestUri, Attack.Address(1)));
                }
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                attack.Note(0);
            }

            await attack.HoldAsync(connections);
        }),
        new("Tickets without end", "reader", attack =>
        {
            var (create, list) = (attack.Request("POST /api/v1/Session/Tickets"), attack.Request("GET /api/v1/Session/Tickets"));
            return attack.FloodAsync(8, (_, count) => count % 100 == 99 ? list : create);
        }),
        new("Large responses in every format", "reader", attack =>
        {
            var requests = new[] { "han", "control", "and" }.SelectMany(app => new[] { Json, "application/xml" }, (app, accept) =>
                attack.Request(
                    $"{Agents}/GetApplicationKeys", $"{Json}\r\nAccept: {accept}", $$"""{"ApplicationName":"{{app}}"}""")).ToArray();
            return attack.FloodAsync(12, (number, _) => requests[number % requests.Length]);
        }, async (server, _) =>
        {
            await ManyKeys.FillAsync(server, 7_500, "han", new string('漢', 8_000));
            await ManyKeys.FillAsync(server, 7_500, "control", new string('\u0002', 8_000));
            await ManyKeys.FillAsync(server, 7_500, "and", new string('&', 8_000));
        }),
        new("Deletions of large applications", "writer", async attack =>
        {
            for (var app = 1; app <= 5 && !attack.End.IsCancellationRequested; app++)
            {
                using var connection = await RawConnection.OpenAsync(attack.Server.RestUri);
                attack.Note(await connection.SendAndDropAsync(attack.Request($"DELETE /api/v1/ForeignApp/{app}"), CancellationToken.None));
            }

            await attack.HoldAsync([]);
        }, async (server, isLong) =>
        {
            for (var app = 1; app <= 5; app++)
            {
                await ManyKeys.FillAsync(server, isLong ? 200_000 : 20_000, $"large {app}");
            }
        }),
        new("New table names without end", "writer", attack => attack.FloodAsync(8, (number, count) => attack.Request(
            "PUT /api/v1/ForeignApp/tables/unit//Key",
            body: $$"""{"Key":"k","Value":"v","TableName":"table {{number}} {{count}} {{new string('x', 200)}}","RecordId":1}"""))),
        new("Patches of an application with many devices", "writer", attack =>
        {
            return attack.FloodAsync(2, (number, count) => attack.Request(
                "PATCH /api/v1/ForeignApp/1",
                body: $$"""[{"op":"replace","path":"/Devices/{{number}}/DeviceIdentifier","value":"{{count}}"}]"""));
        }, async (server, isLong) =>
        {
            using var rest = server.Rest();
            for (var batch = 0; batch < (isLong ? 100 : 10); batch++)
            {
                var devices = string.Join(
                    ',', Enumerable.Range(batch * 1_000, 1_000).Select(i => $$"""{"Name":"unit","DeviceIdentifier":"device {{i}}"}"""));
                using var content = new StringContent($$"""{"Name":"wide","Devices":[{{devices}}]}""", Encoding.UTF8, Json);
                (await rest.PostAsync("api/v1/ForeignApp", content)).EnsureSuccessStatusCode();
            }
        }),
    ];

    private static Task FloodGrpcAsync(Attack attack, bool resets) => Task.WhenAll(
        Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            while (!attack.End.IsCancellationRequested)
            {
                try
                {
                    using var connection = await RawHttp2Connection.OpenAsync(attack.Server.GrpcUri, Attack.Address(number));
                    await connection.FloodAsync(
                        count => $"SoTicket 7T:{string.Create(CultureInfo.InvariantCulture, $"{number}-{count}").PadRight(43, 'x')}",
                        100,
                        resets,
                        () => attack.Note(200),
                        attack.End);
                }
                catch (IOException)
                {
                    attack.Note(0);
                }
                catch (OperationCanceledException) when (attack.End.IsCancellationRequested)
                {
                    // The attack has ended.
                }
            }
        })));

    private static async Task HoldStreamsAsync(Attack attack, string path)
    {
        var connections = new List<RawHttp2Connection>();
        for (var number = 0; number < 51; number++)
        {
            var connection = await RawHttp2Connection.OpenAsync(attack.Server.GrpcUri, Attack.Address(number));
            connections.Add(connection);
            try
            {
                await connection.OpenStreamsAsync(path, 100);
            }
            catch (IOException)
            {
                attack.Note(0);
            }
        }

        await attack.HoldAsync(connections);
    }
}
