using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Settings of section `Limits`: how much may be in flight. Calls above a limit are rejected at once, so that accepted calls stay fast.
/// </summary>
internal sealed class LoadLimits
{
    public const string Section = "Limits";

    /// <summary>
    /// The most authenticated calls in flight, and also the most calls that are being authenticated; one more is 503 / UNAVAILABLE.
    /// Default 5,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Calls { get; set; } = 5_000;

    /// <summary>The most calls of one caller in flight; one more is 429 / RESOURCE_EXHAUSTED. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerCaller { get; set; } = 2_000;

    /// <summary>The most anonymous calls of one address in flight; one more is 429 / RESOURCE_EXHAUSTED. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerAddress { get; set; } = 100;

    /// <summary>
    /// The most anonymous calls in flight, and also the most `Watch` streams of grpc.health.v1.Health. One more aborts the oldest call, if
    /// that call has lasted two seconds and is no `Watch`; otherwise one more is 503 / UNAVAILABLE. Default 250.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AnonymousCalls { get; set; } = 250;

    /// <summary>
    /// The time limit of an anonymous call, in seconds; the connection of a longer call is aborted. `Watch` streams have no limit. Default
    /// 60.
    /// </summary>
    [Range(1, 86_400)]
    public int AnonymousSeconds { get; set; } = 60;

    /// <summary>
    /// The largest body or message of an anonymous call, in bytes; a larger one is 413 / RESOURCE_EXHAUSTED. Default 4 KiB.
    /// </summary>
    [Range(256, 1_073_741_824)]
    public int AnonymousBodyBytes { get; set; } = 4_096;

    /// <summary>
    /// The most calls that one caller may begin in a second; one more is 429 / RESOURCE_EXHAUSTED. Default 0: no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CallsPerSecond { get; set; }

    /// <summary>
    /// The most bytes that bodies and messages being received and large responses being sent may hold together; a call that needs more is
    /// 503 / UNAVAILABLE. Default 256 MiB.
    /// </summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long BodyMemory { get; set; } = 268_435_456;

    /// <summary>
    /// The most bytes of <see cref="BodyMemory"/> that the calls of one caller may hold; a call that needs more is 429 /
    /// RESOURCE_EXHAUSTED. Default 64 MiB.
    /// </summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long BodyMemoryPerCaller { get; set; } = 67_108_864;

    /// <summary>
    /// The largest response, in bytes; a larger one is 429 / RESOURCE_EXHAUSTED. The streaming operations have no such limit. Default 64
    /// MiB.
    /// </summary>
    [Range(1_048_576, 1_073_741_824)]
    public int AnswerBytes { get; set; } = 67_108_864;

    /// <summary>
    /// The most responses of more than 64 KiB that are produced concurrently; more responses wait. Default 0: half the number of
    /// processors.
    /// </summary>
    [Range(0, 10_000)]
    public int LargeAnswersAtOnce { get; set; }

    /// <summary>
    /// The time limit for receiving a body, from the headers to its end, and for each message of a gRPC stream, in seconds; a slower one is
    /// 408 / CANCELLED. Default 30.
    /// </summary>
    [Range(1, 86_400)]
    public int BodySeconds { get; set; } = 30;

    /// <summary>
    /// The lowest rate of a body, in bytes per second. A slower body is rejected after ten seconds, because it would hold its memory for
    /// hours. Default 10,240.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int BodyBytesPerSecond { get; set; } = 10_240;

    /// <summary>
    /// The lowest rate at which a client reads a response, in bytes per second. The connection of a slower client is aborted after ten
    /// seconds. Default 240.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int AnswerBytesPerSecond { get; set; } = 240;

    /// <summary>
    /// The most connections from one address; one more closes the oldest connection of that address without an authenticated caller. 0: no
    /// limit. Default 1,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 1_000;
}
