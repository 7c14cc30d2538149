using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Carries a REST call's request message past the transcoder to the operation, and the outcome back: the transcoder is given
/// nothing to parse and its rendering is thrown away.
/// </summary>
internal sealed class RestExchange(IMessage request)
{
    public IMessage Request { get; } = request;

    /// <summary>What the operation returned; null when it failed.</summary>
    public IMessage? Response { get; set; }

    /// <summary>Why it failed.</summary>
    public Exception? Failure { get; set; }
}
