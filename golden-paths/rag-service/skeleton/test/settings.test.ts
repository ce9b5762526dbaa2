import assert from "node:assert/strict";
import { test } from "node:test";
import { toMessages } from "../src/prompt.ts";
import { readSettings } from "../src/settings.ts";
import { readPort } from "../src/start.ts";
import { readTrace } from "../src/trace.ts";

test("every missing setting is named at once", () => {
  assert.throws(
    () => readSettings((name) => (name === "PROMPT" ? "p" : undefined)),
    /CAUSEWAY_SERVICE, CAUSEWAY_GATEWAY_URL, CAUSEWAY_KEY, VECTOR_STORE/,
  );
});

test("a wrong port stops the start with an example", () => {
  assert.equal(readPort("8081"), 8081);
  assert.throws(() => readPort("eighty"), /PORT=8080/);
});

test("a trace continues, and a wrong or missing one begins anew", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  assert.equal(readTrace(`00-${traceId}-b7ad6b7169203331-01`).traceId, traceId);
  for (const header of [null, "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
    assert.match(readTrace(header).traceId, /^(?!0{32})[0-9a-f]{32}$/);
  }
});

test("what stands in a passage or the question is never taken for a variable", () => {
  const prompt = { system: "s", template: "{{passages}} | {{ question }} | {{other}}", model: "chat", topK: 1 };
  const passages = [{ title: "T", path: "p.md", text: "{{question}} $& $1" }];
  assert.equal(
    toMessages(prompt, "{{passages}}", passages)[1]?.content,
    "[1] T (p.md)\n{{question}} $& $1 | {{passages}} | {{other}}",
  );
});
