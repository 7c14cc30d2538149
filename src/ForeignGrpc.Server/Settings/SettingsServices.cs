using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Settings;

/// <summary>Binds a section of settings to a class and validates its annotations when the server starts.</summary>
internal static class SettingsServices
{
    public static void AddSettings<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton(new SettingsClass(section, typeof(T)));
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Annotations<T>(section));
    }

    /// <summary>Validates annotations as the framework does, but errors name the settings as operators write them.</summary>
    private sealed class Annotations<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong = new List<ValidationResult>();
            if (Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            {
                return ValidateOptionsResult.Success;
            }

            return ValidateOptionsResult.Fail(wrong.Select(result =>
            {
                var member = result.MemberNames.First();
                var value = typeof(T).GetProperty(member)!.GetValue(options);
                return value is string or ValueType
                    ? $"{section}:{member} is '{value}'. {result.ErrorMessage}"
                    : $"{section}:{member}: {result.ErrorMessage}";
            }));
        }
    }
}
