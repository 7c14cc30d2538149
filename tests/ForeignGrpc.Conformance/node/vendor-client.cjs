// Drives the vendor's client, unmodified. Each line of standard input is a call, {"agent": …, "method": …, "args": […]}; each line of
// standard output is its outcome, {"result": …} or {"error": …, "status": …}.
// Usage: node vendor-client.cjs <base URL> '{"authenticate": [method, …arguments], "options": {…}}'
// CommonJS, as the ES modules that the package ships import each other without file endings, which Node refuses.
const { createInterface } = require("node:readline");
const { WebApi } = require("@superoffice/webapi");

const [baseUrl, setup] = process.argv.slice(2);
const { authenticate: [authenticate, ...credential], options } = JSON.parse(setup);
const webApi = new WebApi({ baseUrl, ...options });
webApi[authenticate](...credential);

async function call({ agent, method, args }) {
  try {
    return { result: await webApi[agent]()[method](...args) };
  } catch (error) {
    return { error: error.response?.data?.Message ?? error.message, status: error.response?.status };
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await call(JSON.parse(line))));
  }
}

main();
