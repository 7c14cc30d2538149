using ForeignGrpc.Server.Rest;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>
/// The unique names of the operations of one document, of letters and digits only: generators make names of methods of them, and some
/// make classes of the parts around an underscore.
/// </summary>
internal sealed class OperationIds
{
    private readonly HashSet<string> _taken = [];

    /// <summary>
    /// The next operation's name: `SaveForeignKey`. Outside `ForeignApp` and `Session` it has its tag in front:
    /// `ForeignSystemSaveForeignKey`. Where the name is taken, the verb follows (`SaveForeignAppEntityPost`), and then a number.
    /// </summary>
    public string Of(RestOperation operation)
    {
        var tag = OperationTags.NameOf(operation);
        var name = (tag is OperationTags.Applications or OperationTags.Sessions ? "" : tag) + operation.Method.Name;
        if (_taken.Add(name))
        {
            return name;
        }

        name += operation.Verb[..1] + operation.Verb[1..].ToLowerInvariant();
        for (var number = 1; ; number++)
        {
            var numbered = number == 1 ? name : $"{name}{number}";
            if (_taken.Add(numbered))
            {
                return numbered;
            }
        }
    }
}
