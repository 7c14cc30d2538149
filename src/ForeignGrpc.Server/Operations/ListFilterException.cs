using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Operations;

/// <summary>A `$filter` is malformed.</summary>
/// <param name="what">The rest of the sentence that begins with the name of the parameter.</param>
internal sealed class ListFilterException(Text what) : Exception(what.ToString())
{
    public Text What => what;
}
