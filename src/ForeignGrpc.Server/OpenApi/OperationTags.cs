using ForeignGrpc.Server.Rest;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The groups of operations, by their paths.</summary>
internal static class OperationTags
{
    public const string Applications = "ForeignApp";
    public const string Sessions = "Session";

    /// <summary>The group of operations whose path names none.</summary>
    private const string Others = "Service";

    private static readonly Dictionary<string, string> Descriptions = new()
    {
        [Applications] = "Applications, devices and keys as resources. A resource that does not exist is 404.",
        ["ForeignSystem"] = "Operations by name, as official clients call them. If nothing is found, the response is 200 with null.",
        [Sessions] = "Tickets of programs and sessions of browsers, which stand in for a password.",
        ["Archive"] = "The list of all keys as an archive, as official clients read it.",
        ["User"] = "Who the caller is, and the keys of users.",
        ["TimeZone"] = "The documented time zones.",
        [Others] = "What clients ask before they begin.",
    };

    /// <summary>
    /// The name of an operation's group: the first segment of its path that is neither a parameter nor one of `api`, `v1`, `state` and
    /// `Agents`.
    /// </summary>
    public static string NameOf(RestOperation operation) => operation.Template.Documented
        .Split('/', StringSplitOptions.RemoveEmptyEntries)
        .FirstOrDefault(segment => segment is not ("api" or "v1" or "state" or "Agents") && segment[0] != '{') ?? Others;

    /// <summary>The group of an operation, which the document declares with its first operation.</summary>
    public static OpenApiTagReference Of(RestOperation operation, OpenApiDocument document)
    {
        var name = NameOf(operation);
        if (document.Tags!.All(tag => tag.Name != name))
        {
            document.Tags!.Add(new OpenApiTag
            {
                Name = name,
                Description = Descriptions.GetValueOrDefault(name, $"Operations below `{name}`."),
            });
        }

        return new OpenApiTagReference(name, document);
    }
}
