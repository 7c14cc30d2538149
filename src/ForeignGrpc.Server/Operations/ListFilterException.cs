using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Operations;

/// <summary>A `$filter` is malformed.</summary>
/// <param name="what">Goes on from the name of the parameter.</param>
internal sealed class ListFilterException(Text what) : Exception(what.ToString())
{
    public Text What => what;
}
