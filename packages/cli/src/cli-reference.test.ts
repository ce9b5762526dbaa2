import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cliReference, cliReferenceFile } from "./cli-reference.ts";

test("the reference page is what tools/generate-cli-reference.ts writes now", () => {
  expect(readFileSync(cliReferenceFile, "utf8")).toBe(cliReference());
});
