using System.Text.RegularExpressions;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Verbs;

/// <summary>The arguments of the program: a verb with its words, and settings at any place among them.</summary>
/// <param name="Words">The verb, its arguments and its options.</param>
/// <param name="Settings">The settings, each as `--Section:Name=value`.</param>
internal sealed partial record CommandLine(IReadOnlyList<string> Words, string[] Settings)
{
    /// <summary>
    /// Separates settings from words. A setting is `--Section:Name=value`, `--Section:Name value`, `/Section:Name=value` or
    /// `Section:Name=value`.
    /// </summary>
    /// <exception cref="OperatorException">A setting has no value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var (words, settings) = (new List<string>(), new List<string>());
        for (var i = 0; i < arguments.Count; i++)
        {
            var setting = Setting().Match(arguments[i]);
            if (!setting.Success)
            {
                words.Add(arguments[i]);
                continue;
            }

            var value = setting.Groups["value"];
            if (!value.Success && (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new OperatorException($"The setting {setting.Value} has no value; write {setting.Value}=VALUE.");
            }

            settings.Add($"--{setting.Groups["key"].Value}={(value.Success ? value.Value : arguments[i])}");
        }

        return new CommandLine(words, [.. settings]);
    }

    /// <summary>Matches a setting. Only the names of settings without a section have no colon.</summary>
    [GeneratedRegex(
        """
        ^(--(?<key>\w[^=:]*(:[^=:]+)+|ShutdownTimeoutSeconds|AllowedHosts|PathBase|environment|urls)(=(?<value>.*))?
        |(/|)(?<key>\w[^=:/\\]*(:[^=:/\\]+)+)=(?<value>.*))$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Setting();
}
