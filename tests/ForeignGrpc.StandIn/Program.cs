// A stand-in for SuperOffice, for tests of the upstream server: its argument is the address to listen at. It prints its address.
using System.Net;
using System.Text;
using ForeignGrpc.StandIn;

var at = new Uri(args[0]);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, at.Port);
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
});
var app = builder.Build();
Answers.MapControl(app);
app.Map("/{**path}", context =>
{
    Seen.Note(context);
    return Answers.AnswerAsync(context);
});
await app.StartAsync();
Console.WriteLine(app.Urls.Single());
await app.WaitForShutdownAsync();
