namespace ForeignGrpc.Store.Model;

/// <summary>What a user may do; each role may do all that the roles before it may. Stored as the number.</summary>
public enum UserRole
{
    /// <summary>Read keys.</summary>
    Reader = 1,

    /// <summary>Read, save and delete keys.</summary>
    Writer = 2,

    /// <summary>Everything.</summary>
    Admin = 3,
}
