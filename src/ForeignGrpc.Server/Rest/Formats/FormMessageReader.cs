using System.Collections;
using System.Globalization;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// Reads HTML forms into protobuf messages, by descriptor: `Key=k&amp;Value=v`. Dots and brackets name nested properties:
/// `ForeignKey.RecordId=7`, `Devices[0].Name=unit`. Names may have any case. Unknown names are ignored. A blank value of a property that is
/// not a string means "not given".
/// </summary>
internal static class FormMessageReader
{
    /// <summary>The most steps in a name. No message is nested as deep.</summary>
    private const int MostSteps = 16;

    /// <summary>Reads the form into the message.</summary>
    /// <param name="form">The form, decoded but for its escapes.</param>
    /// <param name="message">What it is read into.</param>
    /// <param name="schema">The message's schema.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <param name="mistaken">See <see cref="UnknownProperties.RequireOwn"/>.</param>
    /// <exception cref="Failure">400: a value has the wrong type, an escape is malformed, or all names are unknown. The last happens when a
    /// client sends JSON with the content type of forms.</exception>
    public static void Read(string form, IMessage message, MessageSchema schema, DateTimeZone? zone, MessageSchema? mistaken = null)
    {
        var (isAnyKnown, isAny) = (false, false);
        foreach (var range in form.AsSpan().Split('&'))
        {
            var pair = form[range];
            if (pair.Length == 0)
            {
                continue;
            }

            isAny = true;
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals], pair);
            var value = Decode(equals < 0 ? "" : pair[(equals + 1)..], name);
            var steps = name.Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Split('.', MostSteps + 1);
            if (TrySet(message, schema, steps, name, value, zone))
            {
                isAnyKnown = true;
            }
            else
            {
                UnknownProperties.RequireOwn(name, mistaken);
            }
        }

        if (isAny && !isAnyKnown)
        {
            throw Failure.Malformed(Texts.Of(
                $"The form has only unknown properties; {schema.Descriptor.Name} has {schema.SomeNames}. Send JSON as {MediaTypes.Json}."));
        }
    }

    /// <summary>Sets the property that the steps lead to; false if a name is unknown.</summary>
    private static bool TrySet(IMessage message, MessageSchema schema, string[] steps, string name, string text, DateTimeZone? zone)
    {
        for (var i = 0; schema.Find(steps[i]) is { IsMap: false } field; i++)
        {
            if (field.IsOutputOnly)
            {
                return true;
            }

            if (i == steps.Length - 1)
            {
                SetValue(message, field, name, text, zone);
                return true;
            }

            if (field.Message is not { } inner || field.IsTimestamp)
            {
                throw TextValues.Invalid(name, Texts.Of($"names a property of {field.JsonName}, which is a single value."));
            }

            if (!field.IsList)
            {
                message = field.Accessor.GetValue(message) as IMessage ?? field.Set(message);
            }
            else if (i + 2 < steps.Length)
            {
                message = Item((IList)field.Accessor.GetValue(message), steps[++i], inner, name);
            }
            else
            {
                throw TextValues.Invalid(name, Texts.Of($"must name a property of an item, such as Devices[0].Name."));
            }

            schema = inner;
        }

        return false;
    }

    private static void SetValue(IMessage message, FieldSchema field, string name, string text, DateTimeZone? zone)
    {
        if (field.IsList || (field.Message is not null && !field.IsTimestamp))
        {
            throw TextValues.Invalid(
                name, Texts.Of($"is not a single value; name one of its properties, such as {Excerpt.Of(name)}.Name."));
        }

        if (TextValues.ParseText(field, text, name, zone) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private static IMessage Item(IList items, string index, MessageSchema schema, string name)
    {
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i) || i > items.Count)
        {
            throw TextValues.Invalid(name, Texts.Of($"must number the items from 0 without gaps; the next index is {items.Count}."));
        }

        if (i == items.Count)
        {
            items.Add(schema.NewMessage());
        }

        return (IMessage)items[i]!;
    }

    private static string Decode(string text, string name) => PercentEncoding.Decode(text.Replace('+', ' '), name);
}
