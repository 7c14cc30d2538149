using ForeignGrpc.Server.Messages;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>Creates the `_Links` of a resource from the option `foreignsystem.v1.resource` of its operation.</summary>
internal sealed class ResourceLinks(Resource resource, MessageSchema response)
{
    private const string Self = "Self";
    private const string Archive = "Archive";

    private readonly PathTemplate _self = new(resource.SelfLink, response);

    public static IReadOnlyList<string> Names { get; } = [Self, Archive];

    public (string Name, string Url)[] Of(IMessage message, HttpRequest request)
    {
        var root = AbsoluteUrls.Root(request);
        return [(Self, root + _self.Fill(message)), (Archive, root + resource.ArchiveLink)];
    }
}
