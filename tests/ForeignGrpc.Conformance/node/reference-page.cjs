// Opens the reference page in Chromium, gives a credential, tries GET /api/v1/ForeignApp/default from it, and prints what happened:
// {"status":200,"body":"…","foreign":["requests that went to other hosts"],"errors":["errors on the page"]}
// Usage: node reference-page.cjs <server> <path of chromium> <user> <password>
const { chromium } = require("playwright-core");

const [server, executablePath, user, password] = process.argv.slice(2);

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const page = await browser.newPage();
  const [foreign, errors] = [[], []];
  page.on("request", (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(server) || foreign.push(request.url()));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(error.message));

  await page.goto(`${server}reference`);
  await page.getByRole("combobox", { name: "Username" }).fill(user);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("link", { name: "CreateDefaultForeignAppEntity" }).first().click();
  await page.getByRole("button", { name: /Test Request.*ForeignApp.default/ }).click();
  const answered = page.waitForResponse((response) => response.url().endsWith("/api/v1/ForeignApp/default"));
  await page.getByRole("dialog").getByRole("button", { name: /^Send get request/ }).click();
  const response = await answered;
  console.log(JSON.stringify({ status: response.status(), body: await response.text(), foreign, errors }));
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
