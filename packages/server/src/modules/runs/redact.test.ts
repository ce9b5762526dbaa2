import { expect, test } from "vitest";
import { redact } from "./redact.ts";

test.each([
  ["postgres://joe:hunter2@db/x", "postgres://[removed]@db/x"],
  ["Authorization: Bearer abcdefgh12345678", "Authorization: Bearer [removed]"],
  ['{"api_key": "abcdef123"}', '{"api_key": "[removed]"}'],
  ["password=geheim;x", "password=[removed];x"],
  ["key sk-proj-abcdefghijklmnopqrstuvwxyz0123456789", "key [removed]"],
  ["cwk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE", "[removed]"],
])("%s", (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test.each([
  "Repository docs has 12 files at commit 4f1de9664ddc0e0f93bc0b8a1d0cc2f2b7e8a9c1",
  "run_01jd3x8a9bcdefghjkmnpqrstv is done",
  "component:default/docs-bot uses 3 tokens",
])("leaves %s as it is", (text) => {
  expect(redact(text)).toBe(text);
});
