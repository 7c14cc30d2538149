using System.Net;
using System.Text;
using ForeignSystem.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace ForeignGrpc.Server.Tests;

/// <summary>A call that is begun and held open by its caller.</summary>
internal sealed class HeldCall : IDisposable
{
    private readonly IDisposable _call;

    private HeldCall(IDisposable call, Task<string> ended) => (_call, Ended) = (call, ended);

    /// <summary>
    /// What the server ended the call with: a gRPC status, or the status line of HTTP/1 and what follows; blank when it only closed the
    /// connection.
    /// </summary>
    public Task<string> Ended { get; }

    /// <summary>Begins one of several calls, named by the kind, from an address.</summary>
    public static async Task<HeldCall> BeginAsync(RunningServer server, string kind, IPAddress from) => kind switch
    {
        "Watch" => Watch(server, from),
        "Reflection" => BeginGrpc<ServerReflectionRequest, ServerReflectionResponse>(
            server, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo", ServerReflectionResponse.Parser, from),
        "Login over gRPC" =>
            BeginGrpc<LoginRequest, LoginResponse>(server, SessionAgent.Descriptor.FullName, "Login", LoginResponse.Parser, from),
        "Login over grpc-web" => await BeginGrpcWebAsync(server, "application/grpc-web", "\0\0\0\0\u0032\n", from),
        "Login over grpc-web-text" => await BeginGrpcWebAsync(server, "application/grpc-web-text", "AAAAADIKA", from),
        "Login over REST" => await BeginRestAsync(
            server,
            "POST /api/v1/Session/Login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", from),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Sends what is given over a connection to the REST port and reads until the server closes it or has answered.</summary>
    public static async Task<HeldCall> BeginRestAsync(RunningServer server, string sent, IPAddress? from)
    {
        var stream = await RunningServer.ConnectAsync(server.RestUri, from);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(sent));
        return new HeldCall(stream, ReadAsync());

        async Task<string> ReadAsync()
        {
            var buffer = new byte[1024];
            try
            {
                return Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return "";
            }
        }
    }

    /// <summary>Begins a grpc-web call without a credential over HTTP/1, and sends a part of its body.</summary>
    private static async Task<HeldCall> BeginGrpcWebAsync(RunningServer server, string type, string part, IPAddress from)
    {
        var call = await BeginRestAsync(
            server,
            $"POST /foreignsystem.v1.SessionAgent/Login HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: 100\r\n\r\n{part}",
            from);
        return new HeldCall(call, UnescapeAsync());

        async Task<string> UnescapeAsync() => Uri.UnescapeDataString(await call.Ended);
    }

    /// <summary>Sends the headers of a gRPC call, of whatever type, and no message.</summary>
    public static HeldCall BeginGrpc<TRequest, TResponse>(
        RunningServer server, string service, string method, MessageParser<TResponse> parser, IPAddress? from, Metadata? headers = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var shape = new Method<TRequest, TResponse>(
            MethodType.DuplexStreaming,
            service,
            method,
            Marshallers.Create<TRequest>(request => request.ToByteArray(), _ => throw new NotSupportedException()),
            Marshallers.Create<TResponse>(response => response.ToByteArray(), parser.ParseFrom));
        var call = server.GrpcInvoker(role: null, from).AsyncDuplexStreamingCall(shape, null, new CallOptions(headers));
        return new HeldCall(call, UntilEndedAsync(call.ResponseStream));
    }

    public void Dispose() => _call.Dispose();

    private static HeldCall Watch(RunningServer server, IPAddress from)
    {
        var call = new Health.HealthClient(server.GrpcInvoker(role: null, from)).Watch(new HealthCheckRequest());
        return new HeldCall(call, UntilEndedAsync(call.ResponseStream));
    }

    private static async Task<string> UntilEndedAsync<T>(IAsyncStreamReader<T> answers)
    {
        try
        {
            while (await answers.MoveNext(default))
            {
            }

            return $"{StatusCode.OK}";
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }
}
