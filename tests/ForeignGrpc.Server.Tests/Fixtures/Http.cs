using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Server.Tests;

/// <summary>HTTP as tests speak it.</summary>
internal static class Http
{
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonNode?> ReadAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync());

    /// <summary>Asserts the documented error body and returns its text.</summary>
    public static async Task<string> ReadErrorAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"expected {status}, got {response.StatusCode}: {body}");
        var error = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(["Error", "ErrorType", "ErrorMessage", "Message", "ErrorSource", "TraceId"], error.Select(p => p.Key));
        Assert.True(error["Error"]!.GetValue<bool>());
        Assert.EndsWith("Exception", error["ErrorType"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ForeignGrpc", error["ErrorSource"]!.GetValue<string>());
        Assert.NotEmpty(error["TraceId"]!.GetValue<string>());
        Assert.Equal(error["Message"]!.GetValue<string>(), error["ErrorMessage"]!.GetValue<string>());
        return error["Message"]!.GetValue<string>();
    }

    /// <summary>Sends the bytes as they are, for requests that HttpClient would tidy up, and returns the response up to its end.</summary>
    public static async Task<string> SendRawAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
