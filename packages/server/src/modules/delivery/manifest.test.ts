import { InvalidError } from "@causeway/contract";
import { expect, test } from "vitest";
import { parseManifest } from "./manifest.ts";

function issuesOf(text: string) {
  try {
    parseManifest(text);
  } catch (error) {
    if (error instanceof InvalidError) return error.issues;
    throw error;
  }
  return [];
}

test("a short manifest gets the platform's variables and modest limits", () => {
  expect(parseManifest("runner: deno\nentry: src/main.ts\n")).toEqual({
    runner: "deno",
    entry: "src/main.ts",
    egress: [],
    env: ["PORT", "CAUSEWAY_GATEWAY_URL", "CAUSEWAY_KEY", "CAUSEWAY_SERVICE"],
    settings: {},
    files: { read: [] },
    limits: { memoryMiB: 256, workers: 0, logBytesPerMinute: 1_048_576 },
  });
});

test("egress is the gateway or a full host name with its port", () => {
  const { egress } = parseManifest(
    "runner: deno\nentry: a.ts\negress: [gateway, API.example.com:443]\n",
  );
  expect(egress).toEqual([
    { kind: "gateway" },
    { kind: "host", host: "api.example.com", port: 443 },
  ]);
});

test.each([
  ["an unknown key", "runner: deno\nentry: a.ts\nnet: all\n", "3:1", /not a key/],
  [
    "an unknown key further in",
    "runner: deno\nentry: a.ts\nlimits: {cpu: 2}\n",
    "3:10",
    /limits.cpu/,
  ],
  ["another runner", "runner: docker\nentry: a.ts\n", "1:9", /runner/],
  ["no entry", "runner: deno\n", "1:1", /entry/],
  ["an entry outside", "runner: deno\nentry: ../a.ts\n", "2:8", /inside/],
  ["an absolute entry", "runner: deno\nentry: /etc/a.ts\n", "2:8", /relative/],
  [
    "a folder outside",
    "runner: deno\nentry: a.ts\nfiles:\n  read: [data, ../x]\n",
    "4:16",
    /inside/,
  ],
  [
    "a path that smuggles a second one",
    'runner: deno\nentry: a.ts\nfiles:\n  read: ["a,/etc"]\n',
    "4:10",
    /comma/,
  ],
  ["every address", 'runner: deno\nentry: a.ts\negress: ["*"]\n', "3:10", /host and port/],
  [
    "a wildcard host",
    'runner: deno\nentry: a.ts\negress: ["*.example.com:443"]\n',
    "3:10",
    /wildcards/,
  ],
  ["an address", 'runner: deno\nentry: a.ts\negress: ["10.0.0.1:80"]\n', "3:10", /addresses/],
  ["this machine", 'runner: deno\nentry: a.ts\negress: ["localhost:5432"]\n', "3:10", /host name/],
  [
    "this machine in disguise",
    'runner: deno\nentry: a.ts\negress: ["a.localhost:80"]\n',
    "3:10",
    /this machine/,
  ],
  [
    "several hosts in one",
    'runner: deno\nentry: a.ts\negress: ["a.example.com:1,b:2"]\n',
    "3:10",
    /host and port/,
  ],
  [
    "a setting for the runtime",
    "runner: deno\nentry: a.ts\nsettings:\n  HTTP_PROXY: http://evil\n",
    "4:",
    /reserved/,
  ],
  [
    "a key of its own choice",
    "runner: deno\nentry: a.ts\nsettings:\n  CAUSEWAY_KEY: stolen\n",
    "4:",
    /reserved/,
  ],
  [
    "a variable of nobody",
    "runner: deno\nentry: a.ts\nenv: [PORT, HOME]\n",
    "3:13",
    /neither a setting/,
  ],
  [
    "too little memory",
    "runner: deno\nentry: a.ts\nlimits:\n  memoryMiB: 1\n",
    "4:14",
    /memoryMiB/,
  ],
  ["a repeated key", "runner: deno\nentry: a.ts\nentry: b.ts\n", "3:1", /unique/],
  ["text that is no YAML", "runner: [\n", "2:1", /./],
  ["an alias bomb", "a: &a [x]\nrunner: deno\nentry: a.ts\nenv: *a\n", "1:1", /./],
])("refuses %s at its place", (_name, ...[text, place, message]) => {
  const issues = issuesOf(text);
  expect(issues.map((issue) => issue.path).join()).toContain(`causeway.service.yaml:${place}`);
  expect(issues.map((issue) => issue.message).join()).toMatch(message);
});

test("tells every fault at once", () => {
  expect(issuesOf("runner: deno\nentry: /a.ts\nnet: all\nspawn: yes\n")).toHaveLength(3);
});
