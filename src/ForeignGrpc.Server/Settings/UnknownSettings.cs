using System.Reflection;

namespace ForeignGrpc.Server.Settings;

/// <summary>
/// Rejects settings that no class reads because they are misspelled, in the wrong section or of the wrong shape. The binder of the
/// framework ignores such settings silently.
/// </summary>
internal static class UnknownSettings
{
    private const string Kestrel = "Kestrel";

    /// <summary>Names of settings that are not properties of a settings class, by section.</summary>
    private static readonly Dictionary<string, string[]> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ConnectionStrings"] = [StorageOptions.ConnectionName],
        [Kestrel] = ["Endpoints", "EndpointDefaults", "Certificates", "Limits"],
    };

    /// <summary>Names of settings in each subsection of a section.</summary>
    private static readonly Dictionary<string, string[]> NamesWithin = new(StringComparer.OrdinalIgnoreCase)
    {
        [$"{Kestrel}:Endpoints"] = ["Url", "Protocols", "SslProtocols", "Certificate", "ClientCertificateMode", "Sni"],
        [$"{Kestrel}:Certificates"] = ["Path", "KeyPath", "Password", "Subject", "Store", "Location", "AllowInvalid"],
    };

    /// <summary>Other settings for listen addresses. The Kestrel endpoints would override them.</summary>
    private static readonly string[] OtherAddresses = ["urls", "http_ports", "https_ports"];

    /// <summary>The setting of the framework that trusts forwarded headers from any proxy.</summary>
    private const string AnyProxy = "ForwardedHeaders_Enabled";

    /// <summary>Checks all settings.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="classes">The classes that read settings.</param>
    /// <param name="given">The settings of the command line. Unlike the environment, the command line has no settings of other
    /// programs.</param>
    /// <exception cref="OperatorException">A setting is unknown or has the wrong shape.</exception>
    public static void Check(IConfiguration configuration, IEnumerable<SettingsClass> classes, IEnumerable<string> given)
    {
        var types = classes.ToLookup(settings => settings.Section, settings => settings.Type, StringComparer.OrdinalIgnoreCase);
        string[] sections =
        [
            .. types.Select(section => section.Key).Where(section => !section.Contains(':', StringComparison.Ordinal)),
            .. Names.Keys,
            "Logging",
        ];
        foreach (var section in configuration.GetChildren().Where(section => section.GetChildren().Any()))
        {
            // The environment has variables of other programs too, so only a name close to a section is an error.
            if (!sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase)
                && Spelling.Nearest(section.Key, sections.Where(name => name.Length > 5)) is { } meant)
            {
                throw new OperatorException($"There is no section of settings '{section.Key}'. Did you mean '{meant}'?");
            }
        }

        var strange = given.Select(setting => setting.TrimStart('-').Split('=')[0]).Where(
            name => name.Contains(':', StringComparison.Ordinal))
            .Select(name => name.Split(':')[0])
            .FirstOrDefault(section => !sections.Contains(section, StringComparer.OrdinalIgnoreCase));
        if (strange is not null)
        {
            throw new OperatorException(
                $"There is no section of settings '{strange}'. Sections are {string.Join(", ", sections.Order(StringComparer.Ordinal))}.");
        }

        foreach (var (section, names) in Names)
        {
            CheckNames(configuration.GetSection(section), names);
        }

        foreach (var (section, names) in NamesWithin)
        {
            configuration.GetSection(section).GetChildren().ToList().ForEach(within => CheckNames(within, names));
        }

        foreach (var section in types)
        {
            CheckProperties(configuration.GetSection(section.Key), [.. section]);
        }

        if (Array.Find(OtherAddresses, name => !string.IsNullOrWhiteSpace(configuration[name])) is { } other)
        {
            throw new OperatorException(
                $"{other} is '{configuration[other]}' (argument --{other} or variable ASPNETCORE_{other.ToUpperInvariant()}). "
                + "Set Kestrel:Endpoints:Rest:Url and Kestrel:Endpoints:Grpc:Url instead.");
        }

        if ("true".Equals(configuration[AnyProxy], StringComparison.OrdinalIgnoreCase))
        {
            throw new OperatorException(
                $"{AnyProxy} is 'true' (argument --{AnyProxy} or variable ASPNETCORE_{AnyProxy.ToUpperInvariant()}): "
                + "any client could then claim any address. "
                + $"Set {ProxySettings.Section}:{nameof(ProxySettings.Known)}:0 and so on instead, "
                + "to the addresses or networks of your proxies.");
        }
    }

    private static void CheckNames(IConfigurationSection section, IReadOnlyCollection<string> names)
    {
        foreach (var setting in section.GetChildren())
        {
            if (!names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                var meant = Spelling.Nearest(setting.Key, names);
                throw new OperatorException($"There is no setting {setting.Path}. "
                    + (
                        meant is null
                            ? $"{section.Path} has {string.Join(", ", names.Order(StringComparer.Ordinal))}."
                            : $"Did you mean {section.Path}:{meant}?"));
            }
        }
    }

    private static void CheckProperties(IConfigurationSection section, Type[] types)
    {
        var properties = types.SelectMany(
            type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => IsSetting(type, property)))
            .ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        CheckNames(section, properties.Keys);
        foreach (var setting in section.GetChildren())
        {
            CheckShape(setting, Nullable.GetUnderlyingType(properties[setting.Key]) ?? properties[setting.Key]);
        }
    }

    /// <summary>Whether the binder can set the property: by setter, by constructor, or by the properties of its class.</summary>
    private static bool IsSetting(Type type, PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } || IsClass(property.PropertyType)
        || type.GetConstructors().Any(constructor => constructor.GetParameters().Any(
            parameter => property.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)));

    private static void CheckShape(IConfigurationSection setting, Type type)
    {
        var within = setting.GetChildren().FirstOrDefault();
        var value = string.IsNullOrEmpty(setting.Value) ? null : setting.Value;
        if (type.IsArray)
        {
            Require(value is null, setting, $"It is a list: write {setting.Path}:0, {setting.Path}:1 and so on.");
        }
        else if (type.IsGenericType)
        {
            Require(value is null, setting, $"It has a value for each name: write {setting.Path}:NAME.");
            setting.GetChildren().ToList().ForEach(entry => CheckShape(entry, type.GetGenericArguments()[^1]));
        }
        else if (IsClass(type))
        {
            Require(value is null, setting, "It is a section of settings.");
            CheckProperties(setting, [type]);
        }
        else
        {
            Require(within is null, setting, $"It is a single value; there is no {within?.Path}.");
            Require(
                !type.IsEnum || value is null || Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase),
                setting,
                $"It must be one of {string.Join(", ", type.IsEnum ? Enum.GetNames(type) : [])}.");
        }
    }

    private static void Require(bool isRight, IConfigurationSection setting, string what)
    {
        if (!isRight)
        {
            throw new OperatorException($"{setting.Path} is '{setting.Value}'. {what}");
        }
    }

    private static bool IsClass(Type type) => type.IsClass && type != typeof(string) && !type.IsArray && !type.IsGenericType;
}
