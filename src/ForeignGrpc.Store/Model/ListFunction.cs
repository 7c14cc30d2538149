namespace ForeignGrpc.Store.Model;

/// <summary>Functions of values of the list. Characters are Unicode's.</summary>
public enum ListFunction
{
    /// <summary>The text with each capital as its small letter, in no language.</summary>
    ToLower,

    /// <summary>The text with each small letter as its capital, in no language.</summary>
    ToUpper,

    /// <summary>The text without white space at its ends.</summary>
    Trim,

    /// <summary>The two texts, one behind the other.</summary>
    Concat,

    /// <summary>The number as a text of digits.</summary>
    ToText,

    /// <summary>How many characters the text has.</summary>
    Length,

    /// <summary>How many characters stand before the second text in the first; -1 when it does not occur.</summary>
    IndexOf,
}
