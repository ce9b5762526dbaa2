import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { refOfEntity } from "@causeway/contract";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseCatalogFile } from "./parse-file.ts";

const acme = new URL("../../../../../examples/acme/", import.meta.url).pathname;

async function filesBelow(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(join(acme, folder), { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

test("every entity of the example organisation is valid and stands once", async () => {
  const refs = await refsIn("catalog");
  expect(refs.length).toBe(new Set(refs).size);
  expect(refs).toEqual(expect.arrayContaining(["user:default/admin", "route:default/chat"]));
});

// They may stand in the place of one of the catalog: another route, another provider.
test("every optional entity is valid", async () => {
  expect(await refsIn("optional")).toContain("route:default/chat");
});

async function refsIn(folder: string): Promise<string[]> {
  const refs: string[] = [];
  for (const file of await filesBelow(folder, ".yaml")) {
    const { entities, issues } = await parseCatalogFile(
      await readFile(join(acme, file), "utf8"),
      file,
    );
    expect(issues).toEqual([]);
    refs.push(...entities.map((item) => refOfEntity(item.entity)));
  }
  return refs;
}

const questions = z.array(
  z.discriminatedUnion("found", [
    z.strictObject({
      question: z.string(),
      found: z.literal(true),
      sources: z.array(z.string()).min(1),
      mustContain: z.string().min(2),
    }),
    z.strictObject({ question: z.string(), found: z.literal(false) }),
  ]),
);

test("twenty questions have their answer in the named document, ten have none", async () => {
  const all = questions.parse(parse(await readFile(join(acme, "questions.yaml"), "utf8")));
  const answered = all.flatMap((question) => (question.found ? [question] : []));
  expect([answered.length, all.length]).toEqual([20, 30]);
  for (const { sources, mustContain, question } of answered) {
    const texts = await Promise.all(
      sources.map((source) => readFile(join(acme, "documents", source), "utf8")),
    );
    expect([question, texts.every((text) => text.includes(mustContain))]).toEqual([question, true]);
    expect(texts.join("\n")).not.toContain(question);
  }
});

test("the documents say that they are an example and have no sentence broken over lines", async () => {
  const documents = await filesBelow("documents", ".md");
  expect(documents.length).toBeGreaterThanOrEqual(10);
  for (const document of documents) {
    const text = await readFile(join(acme, document), "utf8");
    expect([document, text.includes("this is an example document")]).toEqual([document, true]);
    const lines = text.split("\n");
    const broken = lines.filter(
      (line, index) => /^[A-Za-z].*[a-z,]$/.test(line) && /^[a-z]/.test(lines[index + 1] ?? ""),
    );
    expect([document, broken]).toEqual([document, []]);
  }
});
