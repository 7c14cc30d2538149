// Learns the service by server reflection alone, saves a key and lists it, and prints both answers as one line of JSON.
// Usage: node reflection-client.cjs <protobufjs package> <gRPC host:port> <authorization> <application>
const grpc = require("@grpc/grpc-js");
const [library, address, authorization, application] = process.argv.slice(2);
const protobuf = require(library);
require(`${library}/ext/descriptor`);

const service = "foreignsystem.v1.ForeignSystemAgent";
const reflection = protobuf.parse(`
  syntax = "proto3";
  message Request { string file_by_filename = 3; string file_containing_symbol = 4; }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Response { Files file_descriptor_response = 4; }
`).root;
const client = new grpc.Client(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.add("authorization", authorization);

const writer = (type) => (message) => Buffer.from(type.encode(type.fromObject(message)).finish());
const reader = (type) => (bytes) => type.decode(bytes);

function askReflection(question) {
  const [request, response] = ["Request", "Response"].map((name) => reflection.lookupType(name));
  return new Promise((resolve, reject) => {
    const call = client.makeBidiStreamRequest(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", writer(request), reader(response), metadata);
    call.on("data", (answer) => resolve(answer.fileDescriptorResponse.fileDescriptorProto));
    call.on("error", reject);
    call.write(question);
    call.end();
  });
}

async function readDescriptors() {
  const { FileDescriptorProto, FileDescriptorSet } = require(`${library}/ext/descriptor`);
  const files = new Map();
  async function add(question) {
    for (const bytes of await askReflection(question)) {
      const file = FileDescriptorProto.decode(bytes);
      if (!files.has(file.name)) {
        files.set(file.name, file);
        for (const name of file.dependency) {
          if (!files.has(name)) {
            await add({ fileByFilename: name });
          }
        }
      }
    }
  }

  await add({ fileContainingSymbol: service });
  return protobuf.Root.fromDescriptor(FileDescriptorSet.create({ file: [...files.values()] })).resolveAll();
}

async function main() {
  const root = await readDescriptors();
  const methods = root.lookupService(service).methods;
  const call = (name, message) => new Promise((resolve, reject) => {
    const { requestType, responseType } = methods[name];
    const [request, response] = [root.lookupType(requestType), root.lookupType(responseType)];
    client.makeUnaryRequest(`/${service}/${name}`, writer(request), reader(response), message, metadata, (error, answer) =>
      error ? reject(error) : resolve(response.toObject(answer)));
  });
  const namesOf = (name) => Object.keys(root.lookupType(`foreignsystem.v1.${name}`).fields);

  const [key, value] = namesOf("ForeignKey");
  const [foreignKey, app, device] = namesOf("SaveForeignKeyRequest");
  const [, filter] = namesOf("GetAllRequest");
  const saved = await call("SaveForeignKey", { [foreignKey]: { [key]: "k", [value]: "v" }, [app]: application, [device]: "unit" });
  const list = await call("GetAll", { [filter]: `appName eq '${application}'` });
  console.log(JSON.stringify({ names: namesOf("GetAllRequest"), key: saved[key], value: saved[value], rows: list[namesOf("ODataSlimResponse").at(-1)].length }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
}).finally(() => client.close());
