using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>
/// The comments of the protos. The generated code does not have them, so the build embeds the descriptors with their comments.
/// </summary>
internal sealed class ProtoComments
{
    private const string Resource = "foreignsystem.binpb";

    private readonly Dictionary<string, string> _byFullName;

    public ProtoComments()
    {
        using var stream = typeof(ForeignKey).Assembly.GetManifestResourceStream(Resource)!;
        var files = FileDescriptor.BuildFromByteStrings(
            FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString()));
        _byFullName = files
            .Where(file => file.Package == ForeignKey.Descriptor.File.Package)
            .SelectMany(Documented)
            .Where(comment => comment.Text is not null)
            .ToDictionary(comment => comment.FullName, comment => Unwrap(comment.Text!));
    }

    /// <summary>The comment of a message, field, service or operation, one line per paragraph; null if there is no comment.</summary>
    public string? Of(IDescriptor descriptor) => _byFullName.GetValueOrDefault(descriptor.FullName);

    private static IEnumerable<(string FullName, string? Text)> Documented(FileDescriptor file) =>
    [
        .. file.MessageTypes.Select(message => (message.FullName, message.Declaration?.LeadingComments)),
        .. file.MessageTypes.SelectMany(message => message.Fields.InDeclarationOrder())
            .Select(field => (field.FullName, field.Declaration?.LeadingComments)),
        .. file.Services.Select(service => (service.FullName, service.Declaration?.LeadingComments)),
        .. file.Services.SelectMany(service => service.Methods).Select(method => (method.FullName, method.Declaration?.LeadingComments)),
    ];

    private static string Unwrap(string comment) => string.Join("\n\n", comment
        .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(
            paragraph => string.Join(' ', paragraph.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))));
}
