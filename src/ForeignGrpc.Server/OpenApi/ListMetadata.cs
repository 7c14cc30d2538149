using System.Text;
using System.Xml.Linq;
using ForeignGrpc.Server.Operations;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>
/// The schema of the rows of the list as CSDL, the schema language of OData, at the address in `odata.metadata` of lists, and at those of
/// the list as an archive. Anyone may read the schema, because it tells nothing about stored data.
/// </summary>
internal static class ListMetadata
{
    private const string Namespace = "ForeignSystem";
    private const string Row = "ForeignKeyRow";

    private static readonly string[] Paths =
        ["/api/v1/ForeignApp/$metadata", "/api/v1/Archive/ForeignKeys/$metadata", "/api/v1/Archive/ForeignKeys$metadata"];

    private static readonly XNamespace Edmx = "http://schemas.microsoft.com/ado/2007/06/edmx";
    private static readonly XNamespace Edm = "http://schemas.microsoft.com/ado/2009/11/edm";
    private static readonly XNamespace Services = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata";

    public static void MapListMetadata(this WebApplication app)
    {
        var csdl = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{Document()}");
        foreach (var path in Paths)
        {
            app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], () => Results.Bytes(csdl, "application/xml; charset=utf-8"))
                .AllowAnonymous();
        }
    }

    private static XElement Document() => new(
        Edmx + "Edmx",
        new XAttribute(XNamespace.Xmlns + "edmx", Edmx.NamespaceName),
        new XAttribute("Version", "1.0"),
        new XElement(
            Edmx + "DataServices",
            new XAttribute(XNamespace.Xmlns + "m", Services.NamespaceName),
            new XAttribute(Services + "DataServiceVersion", "3.0"),
            new XAttribute(Services + "MaxDataServiceVersion", "3.0"),
            new XElement(Edm + "Schema", new XAttribute("Namespace", Namespace), RowType(), Container())));

    private static XElement RowType() => new(
        Edm + "EntityType",
        new XAttribute("Name", Row),
        new XElement(Edm + "Key", new XElement(Edm + "PropertyRef", new XAttribute("Name", "PrimaryKey"))),
        Property("PrimaryKey", "Edm.String"),
        Property("EntityName", "Edm.String"),
        ListColumns.All.Select(column => Property(ListColumns.Name(column), ListColumns.KindOf(column) switch
        {
            ListTypes.Number => "Edm.Int32",
            ListTypes.Date => "Edm.DateTimeOffset",
            _ => "Edm.String",
        })));

    private static XElement Property(string name, string type) => new(
        Edm + "Property", new XAttribute("Name", name), new XAttribute("Type", type), new XAttribute("Nullable", "false"));

    private static XElement Container() => new(
        Edm + "EntityContainer",
        new XAttribute("Name", "Container"),
        new XAttribute(Services + "IsDefaultEntityContainer", "true"),
        new XElement(Edm + "EntitySet", new XAttribute("Name", "ForeignApp"), new XAttribute("EntityType", $"{Namespace}.{Row}")));
}
