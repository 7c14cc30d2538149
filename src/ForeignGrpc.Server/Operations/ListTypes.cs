namespace ForeignGrpc.Server.Operations;

/// <summary>Types of values, and sets of types that operators take.</summary>
[Flags]
internal enum ListTypes
{
    None = 0,
    Number = 1,
    Text = 2,

    /// <summary>The full name of a person.</summary>
    Person = 4,
    Date = 8,

    /// <summary>A condition: true or false.</summary>
    Truth = 16,

    Texts = Text | Person,
    Values = Number | Texts | Date,
    Any = Values | Truth,
}
