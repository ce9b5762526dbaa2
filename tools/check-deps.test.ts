import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDependencies } from "./check-deps.ts";
import { forbidden } from "./dependency-rules.ts";

const repository = dirname(import.meta.dirname);
const modules = "packages/server/src/modules";

type Planted = Readonly<Record<string, string>>;

/** One violation of every rule, smallest form. */
const planted: Readonly<Record<string, Planted>> = {
  "contract-stands-alone": {
    "packages/contract/src/leak.ts": `import { readFileSync } from "node:fs"; export { readFileSync };`,
  },
  "platform-knows-no-domain": {
    "packages/server/src/platform/leak.ts": `export * from "#modules/catalog";`,
  },
  "modules-below-http": { [`${modules}/catalog/routes.ts`]: `export * from "../../http/late.ts";` },
  "http-below-compose": { "packages/server/src/http/late.ts": `export * from "../compose.ts";` },
  "compose-below-main": { "packages/server/src/compose.ts": `export * from "./main.ts";` },
  "front-doors-only": {
    "packages/server/src/compose.ts": `export * from "./modules/catalog/merge.ts";`,
  },
  "module-order-audit": { [`${modules}/audit/index.ts`]: `export * from "#modules/events";` },
  "module-order-events": { [`${modules}/events/index.ts`]: `export * from "#modules/catalog";` },
  "module-order-identity": { [`${modules}/identity/index.ts`]: `export * from "#modules/policy";` },
  "module-order-policy": { [`${modules}/policy/index.ts`]: `export * from "#modules/catalog";` },
  "module-order-catalog": { [`${modules}/catalog/index.ts`]: `export * from "#modules/runs";` },
  "module-order-runs": { [`${modules}/runs/index.ts`]: `export * from "#modules/prompts";` },
  "top-modules-are-strangers": {
    [`${modules}/prompts/index.ts`]: `export * from "#modules/gateway";`,
  },
  "known-modules-only": { [`${modules}/surprise/index.ts`]: `export * from "#modules/audit";` },
  "pure-files-stay-pure": { [`${modules}/catalog/merge.ts`]: `export * from "#platform/clock";` },
  "pure-files-without-node": { [`${modules}/catalog/merge.ts`]: `export * from "node:path";` },
  "pure-files-import-pure": { [`${modules}/catalog/merge.ts`]: `export * from "./service.ts";` },
  "dataplane-without-database": {
    [`${modules}/gateway/dataplane/snapshot.ts`]: `export * from "./inner.ts";`,
    [`${modules}/gateway/dataplane/inner.ts`]: `import { Pool } from "pg"; export { Pool };`,
  },
  "portal-and-cli-without-server": {
    "packages/cli/src/main.ts": `export * from "../../server/src/compose.ts";`,
  },
  "server-without-portal-and-cli": {
    "packages/server/src/compose.ts": `export * from "../../cli/src/main.ts";`,
  },
  "no-test-code-in-production": {
    [`${modules}/catalog/service.ts`]: `export * from "#test/database";`,
  },
  "no-cycles": {
    [`${modules}/catalog/merge.ts`]: `import type { B } from "./other.ts"; export type A = B;`,
    [`${modules}/catalog/other.ts`]: `import type { A } from "./merge.ts"; export type B = A;`,
  },
  "no-unresolved": { [`${modules}/catalog/merge.ts`]: `export * from "./gone.ts";` },
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cw-deps-"));
  cpSync(join(repository, "packages/server/package.json"), pathOf("packages/server/package.json"));
  symlinkSync(join(repository, "node_modules"), pathOf("node_modules"));
  const names = ["audit", "events", "identity", "policy", "catalog", "runs", "prompts", "gateway"];
  for (const name of names) write(`${modules}/${name}/index.ts`, "export {};");
  for (const file of ["compose", "main", "http/app", "http/late", "platform/clock"]) {
    write(`packages/server/src/${file}.ts`, "export {};");
  }
  write(`${modules}/catalog/service.ts`, `export * from "#platform/clock";`);
  write(`${modules}/catalog/routes.ts`, `export * from "../../http/app.ts";`);
  write(`${modules}/catalog/merge.ts`, "export {};");
  write("packages/server/test/database.ts", "export {};");
  write("packages/contract/src/index.ts", "export {};");
  write("packages/cli/src/main.ts", "export {};");
});

afterEach(() => rmSync(root, { recursive: true }));

test("a tree in order has no violation", async () => {
  expect((await checkDependencies(root)).violations).toEqual([]);
});

test.each(Object.entries(planted))("%s is found where it is broken", async (rule, files) => {
  for (const [path, text] of Object.entries(files)) write(path, text);
  const { violations } = await checkDependencies(root);
  expect(violations.map((violation) => violation.rule)).toContain(rule);
});

test("every rule has its planted violation", () => {
  expect(forbidden.map((rule) => rule.name).toSorted()).toEqual(Object.keys(planted).toSorted());
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function pathOf(path: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  return join(root, path);
}
