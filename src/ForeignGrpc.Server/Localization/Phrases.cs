namespace ForeignGrpc.Server.Localization;

/// <summary>
/// Parts of error messages that callers pass on as constants, because most calls need no error message; see <see cref="Texts.Phrase"/>.
/// </summary>
internal static class Phrases
{
    public const string AnObject = "an object";
    public const string AnArray = "an array";
    public const string AString = "a string";
    public const string ADate = "a date";
    public const string AnInt32 = "a 32-bit integer";
    public const string ABool = "true or false";
}
