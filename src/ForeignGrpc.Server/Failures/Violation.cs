using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Failures;

/// <summary>An invalid field of a request.</summary>
/// <param name="Field">The path of the field in the request message: `foreign_key.key_name`.</param>
/// <param name="Description">What is wrong. The text completes a sentence that begins with the name of the field.</param>
internal sealed record Violation(string Field, Text Description);
