using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Settings of section `Limits`: how much may be under way at the same time, so that too much is refused at once and what is taken is
/// answered soon.
/// </summary>
internal sealed class LoadLimits
{
    public const string Section = "Limits";

    /// <summary>
    /// The most calls of authenticated callers under way, and, apart from these, the most that are being authenticated; one more is 503 /
    /// UNAVAILABLE. Default 5,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int Calls { get; set; } = 5_000;

    /// <summary>The most calls of one caller under way; one more is 429 / RESOURCE_EXHAUSTED. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerCaller { get; set; } = 2_000;

    /// <summary>The most calls that one address may have under way where no credential is needed. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerAddress { get; set; } = 100;

    /// <summary>
    /// The most calls without a credential under way, where none is needed, and, apart from these, the most `Watch` streams of
    /// grpc.health.v1.Health; one more is 503 / UNAVAILABLE. Default 250.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AnonymousCalls { get; set; } = 250;

    /// <summary>
    /// How long a call without a credential may take, in seconds, but for `Watch` streams; a longer one is broken off. Default 60.
    /// </summary>
    [Range(1, 86_400)]
    public int AnonymousSeconds { get; set; } = 60;

    /// <summary>
    /// The largest body or message of a call without a credential; a larger one is 413 / RESOURCE_EXHAUSTED. Default 4 KiB.
    /// </summary>
    [Range(256, 1_073_741_824)]
    public int AnonymousBodyBytes { get; set; } = 4_096;

    /// <summary>
    /// The most calls that one caller may begin in a second; the next is 429 / RESOURCE_EXHAUSTED. Default 0, which is any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CallsPerSecond { get; set; }

    /// <summary>
    /// The most bytes that bodies and messages on their way in, and large answers on their way out, may hold together; a call that would
    /// need more is 503 / UNAVAILABLE. Default 256 MiB.
    /// </summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long BodyMemory { get; set; } = 268_435_456;

    /// <summary>
    /// The most bytes of <see cref="BodyMemory"/> that the calls of one caller may hold together; a call that would need more is 429 /
    /// RESOURCE_EXHAUSTED. Default 64 MiB.
    /// </summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long BodyMemoryPerCaller { get; set; } = 67_108_864;

    /// <summary>
    /// The most bytes that one answer may have; a larger one is 429 / RESOURCE_EXHAUSTED, and what it would hold is streamed. Default 64
    /// MiB.
    /// </summary>
    [Range(1_048_576, 1_073_741_824)]
    public int AnswerBytes { get; set; } = 67_108_864;

    /// <summary>
    /// How many answers of more than 64 KiB are made at once; the others wait. Default 0, which is half as many as there are processors.
    /// </summary>
    [Range(0, 10_000)]
    public int LargeAnswersAtOnce { get; set; }

    /// <summary>
    /// How long the server waits for a body, from its headers until it is whole, and for each message of a gRPC stream, in seconds; a
    /// slower one is 408 / CANCELLED. Default 30.
    /// </summary>
    [Range(1, 86_400)]
    public int BodySeconds { get; set; } = 30;

    /// <summary>
    /// The slowest body, in bytes a second; a slower one is given up after ten seconds, as it would hold its memory for hours. Default
    /// 10,240.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int BodyBytesPerSecond { get; set; } = 10_240;

    /// <summary>The slowest reader of an answer, in bytes a second; a slower one is given up after ten seconds. Default 240.</summary>
    [Range(1, 1_000_000_000)]
    public int AnswerBytesPerSecond { get; set; } = 240;

    /// <summary>
    /// The most connections from one address; one more closes the oldest of that address on which no caller has been authenticated. 0 is
    /// any number. Default 1,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 1_000;
}
