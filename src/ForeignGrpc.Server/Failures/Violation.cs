using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Failures;

/// <summary>What is wrong with a field of a request.</summary>
/// <param name="Field">The path of the field in the request message: `foreign_key.key_name`.</param>
/// <param name="Description">Goes on from the name of the field.</param>
internal sealed record Violation(string Field, Text Description);
