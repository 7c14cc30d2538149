using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ForeignGrpc.Server.Tests;

/// <summary>The settings that pages name are those of the program, with its defaults.</summary>
public sealed partial class PageSettingsTests
{
    private const string Table = "docs/configuration.md";

    /// <summary>Sections of the framework.</summary>
    private static readonly string[] OtherSections = ["Kestrel", "ConnectionStrings", "Logging"];

    /// <summary>Every setting of the program's own classes, and its default.</summary>
    private static Dictionary<string, object?> Settings { get; } = typeof(Program).Assembly.GetTypes()
        .Select(type => (
            Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
        .Where(options => options.Section is not null)
        .SelectMany(options => SettingsOf(options.Section!, Activator.CreateInstance(options.Type)!))
        .ToDictionary();

    [Fact]
    public void Table_HasEverySetting_AndNoOther()
    {
        var rows = Rows(Pages.Read(Table)).Select(row => row.Setting).Where(setting => !OtherSections.Contains(setting.Split(':')[0]));

        Assert.True(Settings.Count > 50, $"Only {Settings.Count} settings were found.");
        Assert.Equal(Settings.Keys.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tables_HaveTheDefaults()
    {
        foreach (var (page, text) in Pages.All)
        {
            foreach (var (setting, told) in Rows(text).Where(row => Settings.ContainsKey(row.Setting)))
            {
                Assert.True(Tell(setting) == told, $"{page} says that the default of {setting} is {told}. It is {Tell(setting)}.");
            }
        }
    }

    [Fact]
    public void Texts_NameNoOtherSettings()
    {
        var sections = Settings.Keys.Select(setting => setting.Split(':')[0]).ToHashSet();
        foreach (var (page, text) in Pages.All)
        {
            foreach (Match named in Named().Matches(text))
            {
                var setting = named.Groups["setting"].Value;
                var isSetting = Settings.ContainsKey(setting)
                    || Settings.Keys.Any(other => setting.StartsWith($"{other}:", StringComparison.Ordinal));
                Assert.True(isSetting || !sections.Contains(setting.Split(':')[0]), $"{page} names {setting}, which is not a setting.");
            }
        }
    }

    /// <summary>The rows of settings: the name without what stands for an index or a name within, and the default as it is told.</summary>
    private static IEnumerable<(string Setting, string Default)> Rows(string text) => Row().Matches(text)
        .Select(row => (row.Groups["setting"].Value, row.Groups["default"].Value));

    private static string Tell(string setting) => Settings[setting] switch
    {
        null or "" or ICollection { Count: 0 } => "none",
        int number when setting == "Storage:Readers" && number == 2 * Environment.ProcessorCount => "2 × cores",
        int number when setting == "Storage:Scanners" && number == Math.Max(1, Environment.ProcessorCount / 2) => "half the cores",
        bool isOn => isOn ? "`true`" : "`false`",
        var value => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };

    private static IEnumerable<KeyValuePair<string, object?>> SettingsOf(string section, object options) => options.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true })
        .SelectMany(property => property.GetValue(options) is { } value && value is not (string or ValueType or ICollection)
            ? SettingsOf($"{section}:{property.Name}", value)
            : [KeyValuePair.Create($"{section}:{property.Name}", property.GetValue(options))]);

    [GeneratedRegex(@"^\| `(?<setting>[A-Z]\w+(:[A-Z][a-z0-9]\w*)+)(:0|:VALUE)?`[^|]*\| (?<default>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(--)?(?<setting>[A-Z]\w+(:[A-Z]\w+)+)[^`]*`")]
    private static partial Regex Named();
}
