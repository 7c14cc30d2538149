// Logs in from a page of the server in Chromium, calls with and without the XSRF token, logs out, and prints what each call answered:
// {"login":200,"cookie":"what the page sees","without":401,"with":200,"saved":"…","other":401,"logout":204,"left":"","after":401}
// Usage: node browser-session.cjs <server> <path of chromium> <user> <password>
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
  await page.goto(`${server}reference`);
  const outcome = await page.evaluate(async ([UserName, Password]) => {
    const call = (method, path, headers, body) => fetch(`/api/v1/${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...headers },
      body: body && JSON.stringify(body),
    });
    const login = await call("POST", "Session/Login", {}, { UserName, Password });
    const cookie = document.cookie;
    const xsrf = { "X-XSRF-TOKEN": decodeURIComponent(cookie.match(/XSRF-TOKEN=([^;]*)/)[1]) };
    const without = await call("GET", "ForeignApp/default", {});
    const withToken = await call("GET", "ForeignApp/default", xsrf);
    const saved = await call("PUT", "ForeignApp/browser/page/1/Key", xsrf, { Key: "k", Value: "v" });
    const other = await call("GET", "ForeignApp/default", { "X-XSRF-TOKEN": xsrf["X-XSRF-TOKEN"].slice(1) });
    const logout = await call("POST", "Session/Logout", xsrf);
    const after = await call("GET", "ForeignApp/default", xsrf);
    return {
      login: login.status, cookie, without: without.status, with: withToken.status, saved: (await saved.json()).UpdatedBy,
      other: other.status, logout: logout.status, left: document.cookie, after: after.status,
    };
  }, [user, password]);
  console.log(JSON.stringify(outcome));
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
