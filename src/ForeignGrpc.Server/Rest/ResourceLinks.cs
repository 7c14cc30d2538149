using ForeignGrpc.Server.Messages;
using ForeignSystem.V1;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>The `_Links` of a resource, by the method's `foreignsystem.v1.resource` option.</summary>
internal sealed class ResourceLinks(Resource resource, MessageShape response)
{
    /// <summary>The property that holds them.</summary>
    public const string Property = "_Links";

    /// <summary>What the documented API adds to the type's name when it has them.</summary>
    public const string TypeSuffix = "WithLinks";

    private const string Self = "Self";
    private const string Archive = "Archive";

    private readonly PathTemplate _self = new(resource.SelfLink, response);

    public static IReadOnlyList<string> Names { get; } = [Self, Archive];

    public (string Name, string Url)[] Of(IMessage message, HttpRequest request)
    {
        var root = Addresses.Root(request);
        return [(Self, root + _self.Fill(message)), (Archive, root + resource.ArchiveLink)];
    }
}
