using System.Buffers;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Tests;

/// <summary>What a body makes a reader allocate is a multiple of the body's length, whatever the body is.</summary>
public sealed class ReaderCostTests
{
    /// <summary>The dearest body per byte is a list of `{}`: three bytes make a message, of a patch two.</summary>
    private const int BytesPerByte = 250;

    private const int Names = 100_000;
    private const int Items = 50_000;

    private static readonly string Name = new('x', Names);
    private static readonly string Long = new('z', 1_000);

    public static TheoryData<string, string> JsonBodies => new()
    {
        { "a long name, many items", $$$"""[{"op":"add","path":"/Name","value":{"{{{Name}}}":[{{{Many("1", Items)}}}]}}]""" },
        { "a long name of a merge patch, many items", $$"""{"{{Name}}":[{{Many("1", Items)}}]}""" },
        { "names as long as are looked at, deep", string.Concat(
            Enumerable.Repeat($$"""{"{{new string('y', 128)}}":""", 60)) + $"[{Many("1", Items)}]" + new string('}', 60) },
        { "long names, deep and wide", Device("""[{"op":"add","path":"/Devices","value":[""", 100, "]}]") },
        { "one name again and again", "{" + Many("\"Name\":1", Items) + "}" },
        { "a long path", "[" + Many($$"""{"op":"add","path":"{{Name}}","value":1}""", 3) + "]" },
        { "a path of many segments", $$"""[{"op":"add","path":"{{string.Concat(Enumerable.Repeat("/a", Names))}}","value":1}]""" },
        { "many operations", $"[{Many("{}", Items)}]" },
        { "many devices", $$"""[{"op":"add","path":"/Devices","value":[{{Many("{}", Items)}}]}]""" },
        { "deep arrays", new string('[', 60) + Many("1", Items) + new string(']', 60) },
        { "a number of many digits", $$"""[{"op":"add","path":"/Name","value":{{new string('7', Names)}}}]""" },
    };

    [Theory]
    [MemberData(nameof(JsonBodies))]
    public void Patch_AllocatesByItsLength(string what, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var changes = MessageSchema.Of(PatchForeignAppEntityRequest.Descriptor).Find("changes")!;
        AssertLinear(what, bytes.Length, () =>
        {
            var patch = new PatchForeignAppEntityRequest();
            new JsonMessageReader(null).ReadField(new ReadOnlySequence<byte>(bytes), patch, changes);
            MessagePatch.Apply(new ForeignAppEntity(), patch.Changes, null);
        });
    }

    public static TheoryData<string, string> Objects => new()
    {
        { "a long name", $$"""{"{{Name}}":[{{Many("1", Items)}}],"Name":"n"}""" },
        { "one long name again and again", "{" + Many($"\"{Long}\":{{\"a\":[1]}}", 300) + ",\"Name\":\"n\"}" },
        { "many devices", $$"""{"Name":"n","Devices":[{{Many("{}", Items)}}]}""" },
        { "many devices with long unknown names", Device("""{"Name":"n","Devices":[""", 500, "]}") },
        { "an item of the wrong kind behind many", $$"""{"Name":"n","Devices":[{{Many("{}", Items)}},7]}""" },
        { "what the server owns",
            $$"""{"Name":"n","FieldProperties":{"{{Name}}":[{{Many("1", Items)}}]},"CreatedBy":[{{Many("{}", Items)}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void Json_AllocatesByItsLength(string what, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        AssertLinear(what, bytes.Length, () => new JsonMessageReader(null).Read(
            new ReadOnlySequence<byte>(bytes), new ForeignAppEntity(), MessageSchema.Of(ForeignAppEntity.Descriptor)));
    }

    public static TheoryData<string, string> XmlBodies => new()
    {
        { "a long name", $"<{Name}>{string.Concat(Enumerable.Repeat("<a/>", Items))}</{Name}><Name>n</Name>" },
        { "many devices", $"<Devices>{string.Concat(Enumerable.Repeat("<ForeignDevice/>", Items))}</Devices>" },
        {
            "many devices with long unknown names",
            "<Devices>"
            + string.Concat(Enumerable.Repeat($"<ForeignDevice><{new string('x', 500)}/><Name/></ForeignDevice>", 500))
            + "</Devices>"
        },
        { "many attributes", $"<Name {string.Concat(Enumerable.Range(0, Items).Select(i => $" a{i}=''"))}>n</Name>" },
        { "many namespaces", $"<Name {string.Concat(Enumerable.Range(0, Items).Select(i => $" xmlns:a{i}='u{i}'"))}>n</Name>" },
        { "many names", $"{string.Concat(Enumerable.Range(0, Items).Select(i => $"<a{i}/>"))}<Name>n</Name>" },
        { "many escapes", $"<Name>{string.Concat(Enumerable.Repeat("&#x41;", Items))}</Name>" },
        { "many comments", $"<Name>{string.Concat(Enumerable.Repeat("a<!-- -->", Items))}</Name>" },
        { "many sections", $"<Name>{string.Concat(Enumerable.Repeat("<![CDATA[a]]>", Items))}</Name>" },
        { "text where elements belong", $"<Devices>{Name}</Devices>" },
    };

    [Theory]
    [MemberData(nameof(XmlBodies))]
    public void Xml_AllocatesByItsLength(string what, string content)
    {
        var bytes = Encoding.UTF8.GetBytes($"<ForeignAppEntity>{content}</ForeignAppEntity>");
        AssertLinear(what, bytes.Length, () => XmlMessageReader.Read(
            new ReadOnlySequence<byte>(bytes), null, new ForeignAppEntity(), MessageSchema.Of(ForeignAppEntity.Descriptor), null));
    }

    public static TheoryData<string, string> Forms => new()
    {
        { "a long name", $"{Name}=1&Name=n" },
        { "a name of many steps", $"{string.Concat(Enumerable.Repeat("a.", Names))}=1&Name=n" },
        { "a name of many brackets", $"Devices{string.Concat(Enumerable.Repeat("[0]", Names))}=1" },
        { "a device far behind", "Devices[999999999].Name=x" },
        { "many devices", string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"Devices[{i}].Name=x")) },
        { "long names again and again", string.Join('&', Enumerable.Repeat(new string('x', 1_000), 300)) },
        { "many names", string.Join('&', Enumerable.Range(0, Items).Select(i => $"a{i}=1")) },
        { "many escapes", "Name=" + string.Concat(Enumerable.Repeat("%41", Names)) },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Form_AllocatesByItsLength(string what, string form) => AssertLinear(
        what, form.Length, () => FormMessageReader.Read(form, new ForeignAppEntity(), MessageSchema.Of(ForeignAppEntity.Descriptor), null));

    [Theory]
    [InlineData("text/{0}")]
    [InlineData("text/{0};q=0.{0}")]
    [InlineData("*/*;q=0.{0}")]
    public void Accept_AllocatesByItsLength(string range)
    {
        var accept = string.Join(", ", Enumerable.Range(0, 3_000).Select(i => string.Format(null, range, i % 9)));

        AssertLinear(range, accept.Length, () => MediaTypes.Negotiate(accept));
    }

    [Fact]
    public void Error_QuotesTheBeginningOfWhatWasSent()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"Name":"n","Devices":[{"Name":["{{Name}}"]},{"ForeignDeviceId":"{{Name}}"}]}""");
        var form = $"Devices[0].Name.{Name}=1";

        Assert.InRange(LengthOfFailure(() => new JsonMessageReader(null).Read(
            new ReadOnlySequence<byte>(json), new ForeignAppEntity(), MessageSchema.Of(ForeignAppEntity.Descriptor))), 10, 250);
        Assert.InRange(LengthOfFailure(
            () => FormMessageReader.Read(form, new ForeignAppEntity(), MessageSchema.Of(ForeignAppEntity.Descriptor), null)), 10, 250);
        Assert.InRange(LengthOfFailure(() => MediaTypes.OfBody($"text/{Name}", MediaTypes.Readable)), 10, 350);

        static int LengthOfFailure(Action read) => Assert.Throws<Failure>(read).Message.Length;
    }

    private static string Device(string before, int count, string after) =>
        before + Many($$"""{"{{Long}}":{"a":[1,2,3]},"Name":"n"}""", count) + after;

    private static string Many(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));

    private static void AssertLinear(string what, int length, Action read)
    {
        ReadOrRefuse(read);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadOrRefuse(read);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated <= 200_000 + ((long)length * BytesPerByte), $"{what}: {length:N0} bytes made {allocated:N0}");
    }

    private static void ReadOrRefuse(Action read)
    {
        try
        {
            read();
        }
        catch (Failure)
        {
            // A refusal costs no more than a result.
        }
    }
}
