using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using ForeignGrpc.Server.Localization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForeignGrpc.Server.Tests;

/// <summary>The server's own texts and their translations.</summary>
public sealed partial class TextsTests
{
    private static readonly string[] Translated = ["nb", "sv", "da", "de", "nl"];

    private static string Sources { get; } = Path.Combine(Repository.Folder, "src");

    [Fact]
    public void EveryTextOfTheSources_IsInEveryLanguage_WithTheSameHoles()
    {
        var texts = TextsOfTheSources().Concat(Phrases()).ToHashSet();
        Assert.True(texts.Count > 90, $"Only {texts.Count} texts were found.");
        foreach (var text in texts)
        {
            foreach (var language in Translated)
            {
                var translation = Texts.Find(text, language);
                Assert.False(string.IsNullOrWhiteSpace(translation), $"No {language} for: {text}");
                Assert.Equal(Holes(text), Holes(translation));
            }
        }
    }

    [Fact]
    public void EveryTranslation_IsOfATextOfTheSources()
    {
        var texts = TextsOfTheSources().Concat(Phrases()).ToHashSet();
        var lines = File.ReadAllLines(Path.Combine(Sources, "ForeignGrpc.Server", "Localization", "texts.tsv"));

        Assert.Equal(["en", .. Translated], lines[0].Split('\t'));
        Assert.All(lines.Skip(1), line => Assert.Contains(line.Split('\t')[0], texts));
        Assert.All(lines, line => Assert.Equal(1 + Translated.Length, line.Split('\t').Length));
    }

    [Theory]
    [InlineData("en", "en-US", "has 1,234 characters; at most 1,000 are allowed.")]
    [InlineData("nb", "de-DE", "har 1.234 tegn; høyst 1.000 er tillatt.")]
    [InlineData("de", "de-DE", "hat 1.234 Zeichen; höchstens 1.000 sind erlaubt.")]
    [InlineData("fr", "en-GB", "has 1,234 characters; at most 1,000 are allowed.")]
    public void Text_IsInTheLanguage_WithNumbersOfTheCulture(string language, string culture, string expected)
    {
        var text = Texts.Of($"has {1234:N0} characters; at most {1000:N0} are allowed.");

        Assert.Equal(expected, text.In(new CallLanguage(language, CultureInfo.GetCultureInfo(culture))));
        Assert.Equal("has 1,234 characters; at most 1,000 are allowed.", text.In(null));
    }

    private static IEnumerable<string> Phrases() =>
        typeof(Phrases).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    private static string[] Holes(string text) => [.. Hole().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal)];

    /// <summary>What is handed to `Texts.Of`, and the texts of the store's exceptions but for those that only operators see.</summary>
    private static IEnumerable<string> TextsOfTheSources() => Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(
            file =>
                CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantNodes().OfType<InterpolatedStringExpressionSyntax>())
        .Where(IsText)
        .Select(FormatOf);

    private static bool IsText(InterpolatedStringExpressionSyntax text) =>
        text.Parent is ArgumentSyntax { Parent: ArgumentListSyntax arguments }
        && arguments.Parent switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } => $"{call}" is "Texts.Of" or "session.Unique",
            BaseObjectCreationExpressionSyntax => $"{arguments.Arguments[0]}" is var error
                && error.StartsWith("StoreError.", StringComparison.Ordinal) && error is not (
                    "StoreError.CannotOpen" or "StoreError.CopyFailed"),
            _ => false,
        };

    /// <summary>The format that the compiler makes of an interpolated string.</summary>
    private static string FormatOf(InterpolatedStringExpressionSyntax text)
    {
        var hole = 0;
        return string.Concat(text.Contents.Select(content => content switch
        {
            InterpolatedStringTextSyntax literal => literal.TextToken.ValueText,
            InterpolationSyntax { FormatClause: { } format } => $"{{{hole++}:{format.FormatStringToken.ValueText}}}",
            _ => $"{{{hole++}}}",
        }));
    }

    [GeneratedRegex(@"\{\d+(:\w+)?\}")]
    private static partial Regex Hole();
}
