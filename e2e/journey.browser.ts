import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ReadyFile } from "@causeway/contract";
import { launchBrowser } from "./browser.ts";
import { readReady, repositoryRoot, startPlatform, type TestPlatform } from "./platform.ts";

/** The pictures of the README come from here: `CAUSEWAY_SCREENSHOTS=docs/images`. */
const pictures = process.env["CAUSEWAY_SCREENSHOTS"];
const desktop = { width: 1440, height: 900 };

let platform: TestPlatform;
let ready: ReadyFile;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let documents: string;

beforeAll(async () => {
  platform = await startPlatform();
  ready = readReady(platform.home);
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: desktop, colorScheme: "light" });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  documents = mkdtempSync(join(tmpdir(), "cw-documents-"));
  writeFileSync(
    join(documents, "coffee.md"),
    "# Coffee machine\n\nDescale the coffee machine every 40 days with the blue liquid.\n\nThe beans are ordered on Mondays.\n",
  );
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  rmSync(documents, { recursive: true, force: true });
});

/** What the person saw when it failed. */
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  const path = join(tmpdir(), `causeway-journey-${task.id}.png`);
  await page.screenshot({ path });
  process.stderr.write(`${task.name}: ${page.url()}, picture in ${path}\n`);
});

async function keepPicture(name: string): Promise<void> {
  if (pictures === undefined) return;
  const folder = join(repositoryRoot, pictures);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Colours that are still on their way to another theme are nobody's contrast. */
async function untilStill(): Promise<void> {
  await page.evaluate(`Promise.allSettled(
    document.getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
      .map((animation) => animation.finished),
  ).then(() => undefined)`);
}

async function expectAccessible(where: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await untilStill();
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${where}, ${colorScheme}: ${id} at ${nodes[0]?.html}`);
    expect(serious).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function expectFitsNarrow(where: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(overflow, `${where} scrolls sideways at 390 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize(desktop);
}

const heading = (name: string | RegExp) => page.getByRole("heading", { name }).first();

test("a one-time link signs in, and only once", async () => {
  await page.goto(ready.signIn);
  await page.getByRole("link", { name: "docs-bot" }).first().waitFor();
  expect(page.url()).toBe(`${ready.portal}/`);
  await keepPicture("home");
  await expectAccessible("home");
  await expectFitsNarrow("home");

  const stranger = await browser.newContext();
  const again = await stranger.newPage();
  const answer = await again.goto(ready.signIn);
  expect(answer?.status()).toBe(410);
  expect(await again.textContent("body")).toContain("causeway login");
  expect((await again.request.get(`${ready.api}/me`)).status()).toBe(401);
  await stranger.close();
});

test("a service is made from a golden path: form, preview, run", async () => {
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await heading("What do you need?").waitFor();
  await expectAccessible("golden paths");
  await page.getByRole("link", { name: "Use this path" }).click();

  await page.getByLabel("Name", { exact: true }).fill("docs-bot");
  await chooseOwner("platform");
  await page.getByLabel("Folder of documents").fill(join(documents, "missing"));
  const preview = page.getByRole("region", { name: "Preview" });
  await page.getByText("already taken").first().waitFor();
  await page.getByLabel("Name", { exact: true }).fill("coffee-bot");
  await page.getByText("There is no folder").first().waitFor();
  await page.getByLabel("Folder of documents").fill(documents);
  await preview.getByText("not evaluated").waitFor();
  await preview.getByText("catalog-info.yaml").first().waitFor();
  await keepPicture("create");
  await expectAccessible("form with preview");
  await expectFitsNarrow("form with preview");

  await page.getByRole("button", { name: "Create service" }).last().click();
  await page.waitForURL(/\/runs\/run_/);
  await page
    .getByRole("img", { name: "Succeeded" })
    .or(page.getByText("Succeeded"))
    .first()
    .waitFor();
  await page.getByText("coffee-bot is healthy").first().waitFor();
  await page.getByText("8 of 8 done").waitFor();
  await keepPicture("run");
  await expectAccessible("run");
  await expectFitsNarrow("run");
});

/** Types into the server-paged picker and presses Enter before the answer to that is there, as quick people do. */
async function chooseOwner(name: string): Promise<void> {
  const field = page.getByRole("combobox", { name: "Owner" });
  await field.click();
  await page.getByRole("option").nth(1).waitFor();
  const held = /fullTextFilterTerm/;
  await page.route(held, () => undefined); // Neither answered nor refused: still on its way.
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.unroute(held);
  await page.waitForFunction(
    `document.activeElement.value.toLowerCase().includes(${JSON.stringify(name)})`,
  );
  expect(await field.inputValue()).toMatch(new RegExp(`^(group:)?${name}$`, "i"));
}

test("the service answers with its source, and what it spent is seen", async () => {
  await page.getByRole("link", { name: "Its page in the catalog" }).click();
  await heading("coffee-bot").waitFor();
  await page
    .getByPlaceholder("A question that its documents answer")
    .fill("How often must the coffee machine be descaled?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const sources = page.getByRole("region", { name: "Sources" });
  await sources.getByText("every 40 days").first().waitFor();
  expect(await sources.textContent()).toContain("coffee.md");
  await page.getByText("notional").first().waitFor();
  await page
    .getByText(/first token/i)
    .first()
    .waitFor();
  await keepPicture("service");
  await expectAccessible("service");
  await expectFitsNarrow("service");

  await page.getByRole("link", { name: "Spend", exact: true }).first().click();
  await page.getByText("notional").first().waitFor();
  await expectAccessible("spend");

  await page.getByRole("link", { name: "Gateway" }).click();
  await page.getByText("coffee-bot").first().waitFor();
  await expectAccessible("gateway");
  await expectFitsNarrow("gateway");
});

test("everything is reached by keyboard, and nothing once signed out", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("coffee-bot");
  await page
    .getByRole("option", { name: /coffee-bot/ })
    .first()
    .waitFor();
  await expectAccessible("palette");
  await page.keyboard.press("Enter");
  await heading("coffee-bot").waitFor();

  for (const [name, where] of [
    ["Catalog", "catalog"],
    ["Runs", "runs"],
    ["Prompts", "prompts"],
    ["Audit", "audit"],
  ] as const) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
    await heading(name).waitFor();
    await expectAccessible(where);
    await expectFitsNarrow(where);
  }

  await page.getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page
    .getByText(/sign-in link/i)
    .first()
    .waitFor();
  await expectAccessible("signed out");
  expect((await page.request.get(`${ready.api}/me`)).status()).toBe(401);
  expect((await page.request.get(`${ready.api}/runs`)).status()).toBe(401);
});
