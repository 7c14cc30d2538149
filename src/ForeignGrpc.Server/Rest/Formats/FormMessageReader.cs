using System.Collections;
using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// HTML forms → protobuf messages, by descriptor: `Key=k&amp;Value=v`, with dots, or brackets, for what is within:
/// `ForeignKey.RecordId=7`, `Devices[0].Name=unit`. Names in any case; unknown ones are ignored; a blank that is no text is "not given".
/// </summary>
internal static class FormMessageReader
{
    /// <summary>Reads the form into the message.</summary>
    /// <exception cref="RestException">400: a value is none of its property's type, an escape is broken, or no name at all is known: some
    /// clients send JSON under the type of forms, which would be taken for a name.</exception>
    public static void Read(string form, IMessage message, MessageShape shape, DateTimeZone? zone)
    {
        var isAnyKnown = false;
        var pairs = form.Split('&', StringSplitOptions.RemoveEmptyEntries);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals], pair);
            var value = Decode(equals < 0 ? "" : pair[(equals + 1)..], name);
            isAnyKnown |= TrySet(message, shape, name.Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Split('.'), name, value, zone);
        }

        if (pairs.Length > 0 && !isAnyKnown)
        {
            throw new RestException(
                StatusCodes.Status400BadRequest,
                Texts.Of($"The form has no property of {shape.Descriptor.Name}. If it is JSON, send it as {MediaTypes.Json}."));
        }
    }

    /// <summary>Sets what the steps lead to; false when they lead nowhere that is known.</summary>
    private static bool TrySet(IMessage message, MessageShape shape, string[] steps, string name, string text, DateTimeZone? zone)
    {
        for (var i = 0; shape.Find(steps[i]) is { IsMap: false } field; i++)
        {
            if (i == steps.Length - 1)
            {
                SetValue(message, field, name, text, zone);
                return true;
            }

            if (field.Message is not { } inner || field.IsTimestamp)
            {
                throw Scalars.Invalid(name, Texts.Of($"leads into {field.JsonName}, which has nothing within."));
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
                throw Scalars.Invalid(name, Texts.Of($"must name a property of an item, such as Devices[0].Name."));
            }

            shape = inner;
        }

        return false;
    }

    private static void SetValue(IMessage message, FieldShape field, string name, string text, DateTimeZone? zone)
    {
        if (field.IsList || (field.Message is not null && !field.IsTimestamp))
        {
            throw Scalars.Invalid(name, Texts.Of($"is no single value; name what is within, such as {name}.Name."));
        }

        if (Scalars.ParseText(field, text, name, zone) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private static IMessage Item(IList items, string index, MessageShape shape, string name)
    {
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i) || i > items.Count)
        {
            throw Scalars.Invalid(name, Texts.Of($"must count items from 0 without gaps; {items.Count} are given before it."));
        }

        if (i == items.Count)
        {
            items.Add(shape.NewMessage());
        }

        return (IMessage)items[i]!;
    }

    private static string Decode(string text, string name) => PercentEncoding.Decode(text.Replace('+', ' '), name);
}
