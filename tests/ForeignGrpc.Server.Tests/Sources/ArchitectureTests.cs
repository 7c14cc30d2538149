using System.Reflection;
using System.Reflection.Emit;
using ForeignGrpc.Server.Hosting;
using ForeignSystem.V1;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Which room of the server uses what. The rooms are namespaces; what they use is read from the compiled program.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "ForeignGrpc.Server";

    /// <summary>Each room uses only those before it.</summary>
    private static readonly string[] Rooms =
    [
        "Localization", "Settings", "Failures", "Messages", "Calls", "Load", "Security", "Operations", "Rest.Formats", "Rest",
        "Upstream", "OpenApi", "Hosting", "Verbs",
    ];

    /// <summary>What a room may not use: namespaces with all within, or types.</summary>
    private static readonly (string Room, string[] MayNotUse)[] Forbidden =
    [
        ("Messages", ["Microsoft.AspNetCore", "ForeignGrpc.Store"]),
        ("Load", ["ForeignSystem.V1", "ForeignGrpc.Store.Sql", "ForeignGrpc.Store.IForeignSystemStore"]),
        ("Security", ["ForeignSystem.V1", "Google.Protobuf", "System.Text.Json.Nodes", "ForeignGrpc.Store.IForeignSystemStore"]),
        ("Operations",
            ["Microsoft.AspNetCore.Http", "System.Text.Json", "System.Data", "Microsoft.Data.Sqlite", "Npgsql", "ForeignGrpc.Store.Sql"]),
        ("Rest.Formats", ["ForeignGrpc.Store", "Microsoft.AspNetCore.Routing"]),
        ("Rest", ["ForeignGrpc.Store"]),
        ("Upstream", ["ForeignSystem.V1", "Google.Protobuf", "ForeignGrpc.Store.IForeignSystemStore"]),
        ("OpenApi", ["ForeignGrpc.Store.IForeignSystemStore"]),
    ];

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly Lazy<List<(Type User, object Used)>> Uses = new(() =>
        [.. typeof(ServerBuilder).Assembly.GetTypes().SelectMany(type => UsedBy(type).Distinct().Select(used => (Outermost(type), used)))]);

    [Fact]
    public void EveryTypeOfTheServer_IsInARoom()
    {
        var homeless = typeof(ServerBuilder).Assembly.GetTypes()
            .Where(
                type => type is { IsNested: false, Namespace: { } home } && home.StartsWith(Root, StringComparison.Ordinal)
                    && RoomOf(type) is null)
            .Select(type =>
                $"{type.FullName} is in no room. Move it to one of {string.Join(", ", Rooms)}; "
                + $"or name its room in {nameof(ArchitectureTests)}.{nameof(Rooms)}, behind all rooms that it uses.");

        AssertNone(homeless);
    }

    [Fact]
    public void EveryRoom_UsesOnlyRoomsBelowIt()
    {
        var upwards = Uses.Value
            .Select(use => (use.User, Used: use.Used as Type, Room: RoomOf(use.User)))
            .Where(
                use => use is { Room: not null, Used: not null } && RoomOf(use.Used) is { } used
                    && Array.IndexOf(Rooms, used) > Array.IndexOf(Rooms, use.Room))
            .Select(use =>
                $"{Name(use.User)} uses {Name(use.Used!)}, which is above it. "
                + $"Move what it needs to {use.Room} or a room below, or move {use.User.Name} up to {RoomOf(use.Used!)}.");

        AssertNone(upwards);
    }

    [Fact]
    public void NoRoom_UsesWhatItMayNot()
    {
        var forbidden = Uses.Value.SelectMany(use => Forbidden
            .Where(rule => rule.Room == RoomOf(use.User) && use.Used is Type used && rule.MayNotUse.Any(name => Has(name, used)))
            .Select(rule =>
                $"{Name(use.User)} uses {use.Used}, which {rule.Room} may not. "
                + $"Let a room below, or its caller, do it, and hand {use.User.Name} the result."));

        AssertNone(forbidden);
    }

    [Fact]
    public void TheEdge_KnowsNoOperationAndNoField()
    {
        var files = new[] { ForeignSystemAgent.Descriptor.File, SessionAgent.Descriptor.File, ServerAgent.Descriptor.File };
        var all = files.SelectMany(file => file.Dependencies).Concat(files).Distinct().Where(
            file => file.Package == ForeignSystemAgent.Descriptor.File.Package).ToList();
        var operations = all.SelectMany(file => file.Services).SelectMany(service => service.Methods).Select(method => method.Name);
        var fields = all.SelectMany(file => file.MessageTypes).SelectMany(type => type.Fields.InDeclarationOrder())
            .Select(field => field.Name).Where(name => name.Contains('_', StringComparison.Ordinal));
        var paths = all.SelectMany(file => file.Services).SelectMany(service => service.Methods).SelectMany(PathsOf);
        var names = operations.Concat(fields).Concat(paths).ToHashSet(StringComparer.Ordinal);
        var messages = all.SelectMany(file => file.MessageTypes).Select(type => type.ClrType)
            .Except([typeof(PatchOperation), typeof(Resource), typeof(PathValue)]).ToHashSet();

        var known = Uses.Value.Where(use => RoomOf(use.User) is "Rest" or "Rest.Formats")
            .Where(use => use.Used is Type type ? messages.Contains(type) : names.Contains((string)use.Used))
            .Select(use =>
                $"{Name(use.User)} knows {use.Used} by name. "
                + "Say in the .proto, by an option, what is special about it, and read that from the descriptor.");

        Assert.NotEmpty(names);
        AssertNone(known);
    }

    private static void AssertNone(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join('\n', wrong.Distinct()));

    private static IEnumerable<string> PathsOf(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(Google.Api.AnnotationsExtensions.Http);
        return rule is null
            ? []
            : rule.AdditionalBindings.Append(rule).SelectMany(r => new[] { r.Get, r.Put, r.Post, r.Delete, r.Patch }).Where(
                path => path.Length > 0);
    }

    /// <summary>The room of a type: the longest name of a room that its namespace begins with.</summary>
    private static string? RoomOf(Type type) => Rooms
        .Where(room => Outermost(type).Namespace is { } home && (
            home == $"{Root}.{room}" || home.StartsWith($"{Root}.{room}.", StringComparison.Ordinal)))
        .MaxBy(room => room.Length);

    private static bool Has(string name, Type type) =>
        type.FullName == name || $"{type.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal);

    private static string Name(Type type) => type.FullName![(Root.Length + 1)..];

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The types that a type names, as its base, in its members and in their code, and the strings in that code.</summary>
    private static IEnumerable<object> UsedBy(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var signatures = new[] { type.BaseType }.Concat(type.GetInterfaces())
            .Concat(type.GetFields(Own).Select(field => field.FieldType))
            .Concat(type.GetProperties(Own).Select(property => property.PropertyType))
            .Concat(type.GetCustomAttributesData().Select(attribute => attribute.AttributeType));
        var code = type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own)).SelectMany(UsedBy);
        return signatures.OfType<Type>().SelectMany(Parts).Concat(code);
    }

    private static IEnumerable<object> UsedBy(MethodBase method) => SignatureOf(method).Concat(UsedByCodeOf(method));

    private static IEnumerable<object> SignatureOf(MethodBase method) => method.GetParameters().Select(parameter => parameter.ParameterType)
        .Append((method as MethodInfo)?.ReturnType)
        .Concat(method.GetCustomAttributesData().Select(attribute => attribute.AttributeType))
        .OfType<Type>().SelectMany(Parts);

    private static List<object> UsedByCodeOf(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return [];
        }

        var used = body.LocalVariables.SelectMany(local => Parts(local.LocalType)).ToList<object>();
        var (code, module) = (body.GetILAsByteArray()!, method.Module);
        Type[] ofType = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (var i = 0; i < code.Length;)
        {
            var opCode = OpCodesByValue[code[i] == 0xFE ? unchecked((short)(0xFE00 | code[i + 1])) : code[i]];
            i += opCode.Size;
            if (opCode.OperandType == OperandType.InlineString)
            {
                used.Add(module.ResolveString(BitConverter.ToInt32(code, i)));
            }
            else if (opCode.OperandType
                is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                used.AddRange(Named(module.ResolveMember(BitConverter.ToInt32(code, i), ofType, ofMethod)!));
            }

            i += SizeOf(opCode.OperandType, code, i);
        }

        return used;
    }

    private static IEnumerable<object> Named(MemberInfo member) => member switch
    {
        Type type => Parts(type),
        FieldInfo field => Parts(field.FieldType).Concat(Parts(field.DeclaringType!)),
        MethodBase method => (method.DeclaringType is { } owner ? Parts(owner) : []).Concat(
            method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Parts) : [])
            .Concat(method.GetParameters().SelectMany(parameter => Parts(parameter.ParameterType)))
            .Concat(method is MethodInfo { ReturnType: var result } ? Parts(result) : []),
        _ => [],
    };

    /// <summary>A type, its type arguments, and what its array, reference or pointer is of.</summary>
    private static IEnumerable<Type> Parts(Type type) => type switch
    {
        { HasElementType: true } => Parts(type.GetElementType()!),
        { IsGenericParameter: true } => [],
        { IsGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };

    private static int SizeOf(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };
}
