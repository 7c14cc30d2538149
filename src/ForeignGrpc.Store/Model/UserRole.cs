namespace ForeignGrpc.Store.Model;

/// <summary>The roles of users. Each role has the rights of the roles before it. The database has the numbers.</summary>
public enum UserRole
{
    /// <summary>Read keys.</summary>
    Reader = 1,

    /// <summary>Read, save and delete keys.</summary>
    Writer = 2,

    /// <summary>Everything.</summary>
    Admin = 3,
}
