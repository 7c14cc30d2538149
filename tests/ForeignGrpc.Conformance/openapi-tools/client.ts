// Calls the server with the types that openapi-typescript makes of its document, and prints what it was answered as one line of JSON.
// Usage: node client.js <server> <authorization> <application>
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [baseUrl, authorization, app] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({ baseUrl, headers: { Authorization: authorization } });

function must<T>(answer: { data?: T; response: Response }): T {
  if (!answer.response.ok || answer.data === undefined) {
    throw new Error(`${answer.response.url} answered ${answer.response.status}`);
  }

  return answer.data;
}

const key: components["schemas"]["ForeignKey"] = { Key: "k", Value: "v", TableName: "contact", RecordId: 7 };
const saved = must(await client.PUT("/api/v1/ForeignApp/{applicationName}/{deviceName}/{deviceIdentifier}/Key", {
  params: { path: { applicationName: app, deviceName: "unit", deviceIdentifier: "1" } },
  body: key,
}));
const path = { applicationName: app, deviceName: "unit", keyName: "k", tableName: "contact", recordId: 7 };
const keyPath = "/api/v1/ForeignApp/{applicationName}/{deviceName}/Key/{keyName}/{tableName}/{recordId}";
const read = must(await client.GET(keyPath, { params: { path } }));
const list = must(await client.GET("/api/v1/ForeignApp", { params: { query: { $filter: `appName eq '${app}'` } } }));
const [row] = list.value;
const id = row!.appId!;
const selected = must(await client.GET("/api/v1/ForeignApp/{id}", { params: { path: { id }, query: { $select: "Name" } } }));
const missing = must(await client.POST("/api/v1/Agents/ForeignSystem/GetKey", {
  body: { ApplicationName: app, DeviceName: "unit", KeyName: "none", TableName: "", RecordId: 0 },
}));
const patched = must(await client.PATCH("/api/v1/ForeignApp/{id}", {
  params: { path: { id } },
  body: [{ op: "add", path: "/Devices/-", value: { Name: "second" } }],
}));
const failed = await client.GET(keyPath, { params: { path: { ...path, recordId: 8 } } });

console.log(JSON.stringify([
  `saved ${saved.Value} by ${saved.UpdatedBy}`,
  `read ${read.Value} on ${read.TableName} ${read.RecordId}`,
  `row ${row!.keyName}=${row!.keyValue} of ${row!.deviceName}`,
  `selected ${selected.Name === app} without id ${selected.ForeignAppId === null}`,
  `missing ${missing === null}`,
  `devices ${patched.Devices!.map((device) => device.Name).join(", ")}`,
  `error ${failed.response.status} ${failed.error!.ErrorType}`,
]));
