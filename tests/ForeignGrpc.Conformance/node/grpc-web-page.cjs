// Opens two pages of the same server in Chromium, of an allowed and another origin. Each calls the service by grpc-web, with and without a
// credential, and the script prints what the pages see:
// [{"saved":{"status":200,"body":"base64"},"refused":{"status":200,"grpcStatus":"16","grpcMessage":"…"}},{"error":"TypeError: …"}]
// Usage: node grpc-web-page.cjs <path of chromium> <URL of the operation> <authorization> <base64 of the body> <page> <other page>
const { chromium } = require("playwright-core");

const [executablePath, operation, authorization, body, ...pages] = process.argv.slice(2);

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const outcomes = [];
  for (const address of pages) {
    const page = await browser.newPage();
    await page.goto(address);
    outcomes.push(await page.evaluate(async ([operation, authorization, body]) => {
      const call = (headers) => fetch(operation, {
        method: "POST",
        headers: { "Content-Type": "application/grpc-web-text", Accept: "application/grpc-web-text", "X-Grpc-Web": "1", ...headers },
        body,
      });
      try {
        const saved = await call({ Authorization: authorization });
        const refused = await call({});
        return {
          saved: { status: saved.status, body: await saved.text() },
          refused: {
            status: refused.status, grpcStatus: refused.headers.get("grpc-status"), grpcMessage: refused.headers.get("grpc-message"),
          },
        };
      } catch (error) {
        return { error: `${error}` };
      }
    }, [operation, authorization, body]));
  }
  console.log(JSON.stringify(outcomes));
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
