using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>HTTP clients that tests need beside the usual one.</summary>
internal static partial class Clients
{
    /// <summary>
    /// A client whose connections come from an address of 127.0.0.0/8, and who sends what it is given without looking at it.
    /// </summary>
    public static HttpClient From(this RunningServer server, string address) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri(server.RestUri, "/api/v1/") };

    public static HttpRequestMessage With(this HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public static (string Name, string Value) Basic(string user, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static (string Name, string Value) Basic(UserRole role) => ("Authorization", RunningServer.Credential(role));

    /// <summary>Asks again until it holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>The status of a gRPC or grpc-web response that came over plain HTTP.</summary>
    public static async Task<StatusCode> GrpcStatusAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        if (!response.Headers.TryGetValues("grpc-status", out var status)
            && !response.TrailingHeaders.TryGetValues("grpc-status", out status))
        {
            var trailers = response.Content.Headers.ContentType!.MediaType!.Contains("-text", StringComparison.Ordinal)
                ? string.Concat(Base64Piece().Matches(body).Select(
                    piece => Encoding.Latin1.GetString(Convert.FromBase64String(piece.Value))))
                : body;
            status = StatusInTrailers().Matches(trailers).Select(found => found.Groups["status"].Value);
        }

        return (StatusCode)int.Parse(status.Single(), null);
    }

    [GeneratedRegex("[^=]+={0,2}")]
    private static partial Regex Base64Piece();

    [GeneratedRegex(@"grpc-status: ?(?<status>\d+)")]
    private static partial Regex StatusInTrailers();
}
