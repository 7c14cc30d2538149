using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using ForeignSystem.V1;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Requests that nobody would write: JSON, XML, forms, patches, filters, paths and headers, whole and broken, in any combination. None is
/// answered as an error of the server's, and none costs it a second of a processor's time. FOREIGNGRPC_TEST_CASES says how many, 20,000 by
/// default; CsCheck prints the seed of a request that is not, and makes it small.
/// </summary>
[Collection(AloneGroup.Name)]
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Threads = 4;
    private const long MemoryLimit = 1024L * 1024 * 1024;

    private static readonly int Cases = Tool.Setting("FOREIGNGRPC_TEST_CASES", 20_000);
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(1);

    private static readonly Gen<string> Name = One(
        "a", "b", "unit", "key", "contact", "1", "7", "0", "-1", "2147483648", "default", "", " ", ".", "..", "'", "\"", "%", "%00", "æ",
        "😀", "\u0000", "\r\n", "null", "{}", "[]", "<a>", "&amp;",
        "US:\"a\";NO:\"b\"", new string('x', 300), new string('9', 400));

    private static readonly Gen<string> Text = Gen.Frequency((6, Name), (1, Gen.String[0, 40]), (1, Gen.Const(new string('y', 9_000))));

    private static readonly Gen<string> Segment = Gen.Frequency(
        (8, Name.Select(Uri.EscapeDataString)),
        (1, One("%", "%2", "%FF", "%C0%80", "%2F", "%2E%2E", "%00", "%ED%A0%80", "{id}", "a;b", "a+b", "*")),
        (1, One(
            "%201", "1%20", "+1", "%2B1", "01", "1e0", "0x1", "1.0", "%D9%A1", "%EF%BC%91", "-0", "00000000001", "2147483647", "2147483648",
            "9999999999999999999999")));

    private static readonly Gen<string> Path = Gen.OneOf(
        Segment.Array[0, 8].Select(segments => $"/api/v1/ForeignApp/{string.Join('/', segments)}"),
        Gen.Select(Segment, Segment, Segment, (app, device, identifier) => $"/api/v1/ForeignApp/{app}/{device}/{identifier}/Key"),
        Gen.Select(
            Segment, Segment, Segment, Segment, Segment, (app, device, key, table, record) =>
                $"/api/v1/ForeignApp/{app}/{device}/Key/{key}/{table}/{record}"),
        One([.. ForeignSystemAgent.Descriptor.Methods.Select(method => $"/api/v1/Agents/ForeignSystem/{method.Name}")]),
        One(
            "/api/v1/ForeignApp", "/api/v1/ForeignApp/1", "/api/v1/Session/Tickets", "/api/v1/Session/Tickets/1", "/openapi/v1.json", "/",
            "//", "/health/ready", "/reference/x"));

    private static readonly Gen<string> FilterWord = One(
        "appName", "keyValue", "recordId", "deviceName", "createdDate", "nonsense", "eq", "ne", "lt", "ge", "and", "or", "not", "(", ")",
        "'a'", "'", "''''", "1", "-1", "99999999999999999999", "2026-01-01", "startswith(appName,'a')",
        "contains(", "between", "oneOf", "begins", ",", "null", "%", "\u0000", "😀", "((((((((((((((((((((");

    /// <summary>Conditions with every documented word, beside columns and values of every kind.</summary>
    private static readonly Gen<string> Condition = Gen.Select(
        One("keyValue", "recordId", "keyUpdatedDate", "keyUpdatedBy", "tableName", "getAllRows", "'a'", "1", "null", "true",
            "tolower(keyValue)", "indexof(keyValue,'a')", "concat(keyName,concat(tableName,'\u0000'))", "length(trim(appName))"),
        One([.. Documented.OperatorWords]),
        One("", "1", "'a'", "null", "true", "keyName", "(1,2)", "('a',null)", "('2026-01-01','9999-12-31')", "'0001-01-01'",
            "toupper(appName)"),
        (left, word, right) => $"{left} {word} {right}");

    private static readonly Gen<string> LongFilter = Gen.Select(
        One(
            "recordId eq 1", "recordId eq +1", "recordId ne 0x1", "recordId gt 1e0", "not keyValue eq 'a'", "endswith(keyValue,'😀')",
            "recordId in (1,2,-3)", "keyUpdatedDate lt 2026-01-31", "(keyId eq 1 or not (appId ne 2))"),
        One(" or ", " and ", " or not ", ","),
        Gen.Int[1, 1_200],
        (term, word, times) => $"$filter={Uri.EscapeDataString(string.Join(word, Enumerable.Repeat(term, times)))}");

    private static readonly Gen<string> Query = Gen.OneOf(
        Gen.Select(
            Condition, One(" and ", " or ", " and not "), Condition,
            (one, word, other) => $"$filter={Uri.EscapeDataString(one + word + other)}"),
        FilterWord.Array[0, 12].Select(words => $"$filter={Uri.EscapeDataString(string.Join(' ', words))}"),
        Gen.Select(
            One(
                "$orderBy", "$select", "$top", "$skip", "$skiptoken", "$format", "keyValue", "Value", "ApplicationName", "ForeignKey.Value",
                "RecordId", "a", "[", "$"),
            Segment, (name, value) => $"{name}={value}"),
        Gen.Const("$filter=" + string.Concat(Enumerable.Repeat("(", 5_000))),
        LongFilter,
        Gen.Select(
            One("$orderBy", "$select"), One("recordId", "keyValue desc", "keyName,recordId desc"), Gen.Int[1, 2_001],
            (option, term, times) => $"{option}={Uri.EscapeDataString(string.Join(',', Enumerable.Repeat(term, times)))}"),
        Gen.Select(
            Gen.Byte.Array[0, 100], One("", "&$orderBy=recordId", "&$filter=recordId%20gt%201"), (token, rest) =>
                $"$skiptoken={Convert.ToBase64String(token).TrimEnd('=').Replace('+', '-').Replace('/', '_')}{rest}"),
        Gen.Const("&&==&%&=")).Array[0, 3].Select(parts => string.Join('&', parts));

    private static readonly Gen<string> Property = One(
        "Key", "Value", "TableName", "RecordId", "Name", "Devices", "DeviceIdentifier", "ForeignKey", "ForeignKey.Value", "Devices[0].Name",
        "ApplicationName", "DeviceName", "CreatedDate", "UpdatedBy", "ForeignAppId", "TableRight", "op", "path", "value",
        "ForeignAppEntity", "ForeignDevice", "", "__proto__", "a");

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Gen.Const("{}")
        : Gen.Frequency(
            (3, Text.Select(text => System.Text.Json.JsonSerializer.Serialize(text))),
            (2, One(
                "null", "true", "0", "-1", "1e400", "2147483648", "7", "7.0", "7e0", "-0", "1.5", "1e-400", "\" 7\"", "\"+7\"",
                "\"7.0\"", "// c\n1", "'7'", "\"2026-01-01T00:00:00\"", "\"9999-99-99\"", "\"\\ud800\"", "NaN", "[1,]", "{", "]", "\"")),
            (3, Gen.Select(Property, inner).Array[0, 5].Select(
                members => $"{{{string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}")),
            (2, inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"))));

    private static readonly Gen<string> Xml = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Gen.Const("")
        : Gen.Frequency(
            (2, Text.Select(text => System.Security.SecurityElement.Escape(text))),
            (2, One(
                "<![CDATA[x]]>", "<!-- x -->", "&#0;", "&#x1F600;", "&lol;", "<?x y?>", "<a", "</a>",
                "<!DOCTYPE a [<!ENTITY lol \"lol\"><!ENTITY b \"&lol;&lol;&lol;\">]>", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">")),
            (5, Gen.Select(Property, inner.Array[0, 3], (name, content) => $"<{name}>{string.Concat(content)}</{name}>"))));

    /// <summary>Objects that are long, wide or deep.</summary>
    private static readonly Gen<string> Large = Gen.Select(
        Property, One("1", "{}", "[]", "\"x\"", "{\"Name\":\"a\"}"), Gen.Int[1, 20_000], Gen.Int[1, 20_000], Gen.Int[0, 4],
        (property, value, many, length, shape) => shape switch
        {
            0 => $"{{\"{new string('n', length)}\":[{string.Join(',', Enumerable.Repeat(value, many))}]}}",
            1 => $"{{\"{property}\":{{\"{new string('n', length)}\":[{string.Join(',', Enumerable.Repeat(value, many))}]}}}}",
            2 => $"{{\"{property}\":[{string.Join(',', Enumerable.Repeat(value, many))}]}}",
            3 => $"{{{string.Join(',', Enumerable.Repeat($"\"{property}\":{value}", many))}}}",
            _ => $"[{string.Join(',', Enumerable.Repeat($$"""{"op":"add","path":"/{{property}}","value":{{value}}}""", many % 3_000))}]",
        });

    private static readonly Gen<string> Patch = Gen.Select(
        One("add", "replace", "remove", "test", "move", "copy", ""),
        One(
            "/Name", "/Devices/-", "/Devices/0/Name", "/Devices/99999999999", "", "/", "/~", "/~2", "/Value",
            "/Key", "Name", "/Devices/-/-"),
        Json,
        (op, path, value) =>
            $$"""{"op":"{{op}}","path":"{{path}}","value":{{value}}}""").Array[0, 4].Select(changes => $"[{string.Join(',', changes)}]");

    private static readonly Gen<string> Form = Gen.Select(Property, Segment, (name, value) => $"{name}={value}").Array[0, 5].Select(
        fields => string.Join('&', fields));

    private static readonly Gen<string> LargeXml = Gen.Select(
        Property.Where(name => name.Length > 0), Gen.Int[1, 10_000], Gen.Int[0, 3], (name, many, shape) => shape switch
        {
            0 => $"<ForeignKey>{string.Concat(Enumerable.Repeat($"<{name}>1</{name}>", many))}</ForeignKey>",
            1 => $"<ForeignKey><{new string('n', many)}/></ForeignKey>",
            2 => $"<ForeignKey {string.Join(' ', Enumerable.Range(0, many).Select(i => $"a{i}='1'"))}/>",
            _ => "<ForeignAppEntity><Devices>"
                + string.Concat(Enumerable.Repeat($"<ForeignDevice><{name}>1</{name}></ForeignDevice>", many))
                + "</Devices></ForeignAppEntity>",
        });

    private static readonly Gen<string> LargeForm = Gen.Select(
        Property, Gen.Int[1, 10_000], Gen.Int[0, 3], (name, many, shape) => shape switch
        {
            0 => string.Join('&', Enumerable.Repeat($"{name}=1", many)),
            1 => $"{string.Join('.', Enumerable.Repeat(name, many))}=1",
            2 => $"Devices[{new string('9', many % 100)}].Name=1",
            _ => $"{new string('[', many)}=1",
        });

    private static readonly Gen<string> Whole = Gen.OneOf(
        Json, Xml.Select(content => $"<ForeignKey>{content}</ForeignKey>"), Patch, Form, Large, LargeXml, LargeForm,
        Gen.Const(new string('[', 20_000)), Gen.Const(string.Concat(Enumerable.Repeat("<a>", 5_000))));

    /// <summary>Mostly as it is; else with bytes in it that do not belong there.</summary>
    private static readonly Gen<byte[]> Body = Gen.Frequency(
        (3, Whole.Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Select(Whole, Gen.Byte.Array[1, 8], Gen.Double.Unit, (text, bytes, where) =>
        {
            var body = Encoding.UTF8.GetBytes(text).ToList();
            body.InsertRange((int)(where * body.Count), bytes);
            return body.ToArray();
        })),
        (1, Gen.Byte.Array[0, 200]));

    private static readonly Gen<string> Header = Gen.OneOf(
        Gen.Select(
            One(
                "Accept", "Accept-Language", "SO-Language", "SO-TimeZone", "SO-Culture", "SO-AppToken", "If-Modified-Since",
                "If-Unmodified-Since", "Cookie", "X-XSRF-TOKEN", "Accept-Encoding", "Range", "Origin", "X-HTTP-Method-Override"),
            One(
                "application/json", "application/xml;q=0.5, */*;q=0.1", "text/html", ";;;,,,q=", "*", "en", "nb-NO, de;q=x",
                "NO", "Europe/Oslo", "US-NY", "nowhere", "Tue, 24 Nov 2026 00:00:00 GMT", "yesterday", "a=b; c", "bytes=0-1",
                "\u00ff\u00fe", new string('z', 4_000)),
            (name, value) => $"{name}: {value}"),
        Gen.Select(
            One("Accept", "Accept-Language", "SO-Language", "SO-TimeZone", "Cookie", "If-None-Match", "If-Match"),
            One("a", "text/html;q=0.1", "en;q=0.5", "NO", "a=b", "\"x\""), One(",", "; ", ", "), Gen.Int[1, 1_000],
            (name, value, separator, many) => $"{name}: {string.Join(separator, Enumerable.Repeat(value, many))}"));

    private static readonly Gen<string> ContentType = One(
        "application/json; charset=utf8", "application/json; charset=\"utf-8\"", "application/xml; charset=utf-16",
        "application/xml; charset=utf-16be", "text/xml", "application/json; charset=utf-8; charset=utf-16",
        "application/json;" + new string(';', 2_000),
        "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json; charset=utf-7",
        "text/json", "application/xml", "text/xml; charset=iso-8859-1", "application/x-www-form-urlencoded",
        "application/json-patch+json", "application/merge-patch+json", "application/grpc", "application/grpc-web", "text/plain", "", ";",
        "multipart/form-data; boundary=x");

    private static readonly Gen<string> Credential = Gen.Frequency(
        (400, Gen.Const(Service.Credential.ToString())),
        (1, Gen.Select(
            One("SoTicket 7T:", "SoTicket ", "Bearer ", "Basic ", "Bearer eyJhbGciOiJub25lIn0."), Gen.Int[0, 20_000], (scheme, length) =>
                scheme + new string('A', length))),
        (1, Gen.String[Gen.Char.AlphaNumeric, 43, 43].Select(secret => $"SoTicket 7T:{secret}")),
        (2, One("", "Basic", "Basic !!!", "Basic /w==", "SoTicket", "SoTicket 7T:x", "Bearer a.b.c", "Bearer ..", "Digest x")));

    private static readonly Gen<byte[]> Request = Gen.Select(
        One("GET", "GET", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"), Path, Query, Header.Array[0, 3],
        ContentType, Credential, Body,
        (verb, path, query, headers, contentType, credential, body) => (byte[])
        [
            .. Encoding.Latin1.GetBytes(
                $"{verb} {path}{(query.Length > 0 ? "?" : "")}{query} HTTP/1.1\r\nHost: x\r\n"
                + string.Concat(headers.Select(header => $"{header}\r\n"))
                + (contentType.Length > 0 ? $"Content-Type: {contentType}\r\n" : "")
                + (credential.Length > 0 ? $"Authorization: {credential}\r\n" : "")
                + $"Content-Length: {(verb == "GET" ? 0 : body.Length)}\r\n\r\n"),
            .. verb == "GET" ? [] : body,
        ]);

    private readonly ServerProcess _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void AnyRequest_IsLittleWork_AndNeverAnErrorOfTheServers()
    {
        const int Suspects = 100;
        var statuses = new long[600];
        var slowest = new PriorityQueue<byte[], TimeSpan>();
        using var connections = new ThreadLocal<Exchange>(() => new Exchange(_server.RestUri), trackAllValues: true);

        Request.Sample(
            request =>
            {
                var (status, answer, took) = connections.Value!.Send(request);
                Interlocked.Increment(ref statuses[status]);
                lock (slowest)
                {
                    slowest.Enqueue(request, took);
                    if (slowest.Count > Suspects)
                    {
                        slowest.Dequeue();
                    }
                }

                return status is >= 200 and < 500 or 501 ? true : throw new InvalidOperationException($"{status}: {answer}");
            },
            iter: Cases, threads: Threads, print: request =>
                Encoding.Latin1.GetString(request.Length > 4_000 ? request[..4_000] : request));

        foreach (var connection in connections.Values)
        {
            connection.Dispose();
        }

        var most = TimeSpan.Zero;
        while (slowest.TryDequeue(out var request, out var took))
        {
            var work = WorkOf(request);
            most = work > most ? work : most;
            Assert.True(work < Work, $"{work} of work; it took {took}: {Encoding.Latin1.GetString(request)}");
        }

        var answers = statuses.Index().Where(status => status.Item > 0).Select(status => $"{status.Index} × {status.Item}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Cases} requests, the slowest cost {most.TotalMilliseconds:F0} ms of a processor, "
            + $"{_server.PeakMemory / 1024 / 1024} MB at most; answers {string.Join(", ", answers)}"));
        Assert.True(statuses[200] > Cases / 100, "Few requests reached an operation.");
        Assert.InRange(_server.PeakMemory, 0, MemoryLimit);
        Assert.DoesNotContain("fail:", _server.Log, StringComparison.Ordinal);
    }

    private static Gen<string> One(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    /// <summary>How long a processor works for a request, when the server does nothing else; the least of three times.</summary>
    private TimeSpan WorkOf(byte[] request) => Enumerable.Range(0, 3).Min(_ =>
    {
        using var connection = new Exchange(_server.RestUri);
        var before = _server.ProcessorTime;
        connection.Send(request);
        return _server.ProcessorTime - before;
    });

    /// <summary>
    /// A connection. After a response to an anonymous call the server lets its connection wait, and further connections of its address: the
    /// next request comes from another address, so that its time is its own.
    /// </summary>
    private sealed class Exchange(Uri server) : IDisposable
    {
        private RawConnection? _connection;

        public (int Status, string Answer, TimeSpan Took) Send(byte[] request)
        {
            for (var isSecond = false; ; isSecond = true)
            {
                _connection ??= RawConnection.OpenAsync(server, AnyAddress()).GetAwaiter().GetResult();
                var clock = Stopwatch.StartNew();
                try
                {
                    var (status, answer) = _connection.SendAsync(request).GetAwaiter().GetResult();
                    var took = clock.Elapsed;
                    if (status is 400 or 401)
                    {
                        Dispose();
                    }

                    return (status, answer, took);
                }
                catch (IOException) when (!isSecond)
                {
                    // It was closed after the answer before.
                    Dispose();
                }
            }
        }

        private static IPAddress AnyAddress() => new([127, .. Enumerable.Range(0, 3).Select(_ => (byte)Random.Shared.Next(1, 255))]);

        public void Dispose()
        {
            _connection?.Dispose();
            _connection = null;
        }
    }
}
