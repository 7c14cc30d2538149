using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Rest.Formats;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Benchmarks;

/// <summary>
/// The edge by itself: the documented body of a save into its message, and the key that answers it out again, in both formats.
/// </summary>
[MemoryDiagnoser]
[HideColumns("Error", "StdDev", "Gen0", "Gen1")]
public class EdgeBenchmarks
{
    private static readonly MessageSchema Shape = MessageSchema.Of(ForeignKey.Descriptor);

    private static readonly ReadOnlySequence<byte> Json = Bytes(
        """{"Key":"ErpKey","Value":"C-10045","RecordId":5,"TableName":"contact","CreatedDate":null,"UpdatedBy":null}""");

    private static readonly ReadOnlySequence<byte> Xml = Bytes(
        "<ForeignKey><Key>ErpKey</Key><Value>C-10045</Value><RecordId>5</RecordId><TableName>contact</TableName></ForeignKey>");

    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    private readonly CallerRights _rights = new(Options.Create(new KeyLimits()));

    private readonly ForeignKey _bare = new()
    {
        KeyName = "ErpKey",
        KeyValue = "C-10045",
        RecordId = 5,
        TableName = "contact",
        CreatedDate = Timestamp.FromDateTime(DateTime.UnixEpoch.AddDays(20_000)),
        CreatedBy = "Terje Development",
        UpdatedDate = Timestamp.FromDateTime(DateTime.UnixEpoch.AddDays(20_001)),
        UpdatedBy = "Terje Development",
    };

    private ForeignKey _key = null!;

    /// <summary>Runs them in this process, for some seconds each, and prints the table.</summary>
    internal static Task RunAsync()
    {
        var job = Job.ShortRun.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(2), logOutput: false));
        BenchmarkRunner.Run<EdgeBenchmarks>(DefaultConfig.Instance.AddJob(job).WithArtifactsPath(Path.Combine(Path.GetTempPath(), "edge")));
        return Task.CompletedTask;
    }

    /// <summary>Makes the key as a response has it.</summary>
    [GlobalSetup]
    public void Describe() => _key = _rights.Describe(_bare.Clone(), UserRole.Admin, null);

    /// <summary>The body of a save.</summary>
    [Benchmark(Description = "JSON in")]
    public object ReadJson()
    {
        var key = new ForeignKey();
        new JsonMessageReader(null).Read(Json, key, Shape);
        return key;
    }

    /// <summary>The same body in XML.</summary>
    [Benchmark(Description = "XML in")]
    public object ReadXml()
    {
        var key = new ForeignKey();
        XmlMessageReader.Read(Xml, Encoding.UTF8, key, Shape, null);
        return key;
    }

    /// <summary>Rights added to a stored key, as every response of one object has them.</summary>
    [Benchmark(Description = "rights of a key")]
    public object AddRights() => _rights.Describe(_bare.Clone(), UserRole.Admin, null);

    /// <summary>The key with its rights.</summary>
    [Benchmark(Description = "JSON out")]
    public int WriteJson()
    {
        _output.ResetWrittenCount();
        JsonMessageWriter.Write(_output, _key, null, default, Conventions.Default);
        return _output.WrittenCount;
    }

    /// <summary>The key of a list, which has none.</summary>
    [Benchmark(Description = "JSON out, without rights")]
    public int WriteBareJson()
    {
        _output.ResetWrittenCount();
        JsonMessageWriter.Write(_output, _bare, null, default, Conventions.Default);
        return _output.WrittenCount;
    }

    /// <summary>The key with its rights, in XML.</summary>
    [Benchmark(Description = "XML out")]
    public int WriteXml()
    {
        _output.ResetWrittenCount();
        XmlMessageWriter.TryWrite(_output, _key, null, default, Conventions.Default);
        return _output.WrittenCount;
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
