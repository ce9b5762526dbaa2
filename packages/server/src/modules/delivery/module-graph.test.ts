import { expect, test } from "vitest";
import { judgeImports, moduleGraph } from "./module-graph.ts";

const files = new Map([
  ["file:///svc/main.ts", "/svc/main.ts"],
  ["file:///svc/link.txt", "/etc/passwd"],
  ["file:///etc/passwd", "/etc/passwd"],
  ["file:///svc-other/a.ts", "/svc-other/a.ts"],
]);

function judge(...targets: string[]) {
  const dependencies = targets.map((target) => ({
    specifier: target,
    code: { specifier: target },
  }));
  const graph = moduleGraph.parse({
    version: 1,
    modules: [{ specifier: "file:///svc/main.ts", dependencies }],
  });
  return judgeImports(graph, "/svc", (url) => files.get(url)).map((finding) => finding.reason);
}

test.each([
  ["a file outside", "file:///etc/passwd", /outside/],
  ["a link that leads outside", "file:///svc/link.txt", /is \/etc\/passwd/],
  ["a neighbour whose path begins alike", "file:///svc-other/a.ts", /outside/],
  ["a file that is not there", "file:///svc/no.ts", /no such file/],
  ["the network", "https://jsr.io/x.ts", /network/],
  ["a registry", "npm:chalk", /registry/],
  ["a registry", "jsr:@std/assert", /registry/],
])("refuses %s: %s", (_name, target, reason) => {
  expect(judge(target).join()).toMatch(reason);
});

test("lets the service's own files, built-in modules and inline text be", () => {
  expect(judge("file:///svc/main.ts", "node:fs", "data:text/javascript,1")).toEqual([]);
});

test("a root outside is found though nobody imports it", () => {
  const graph = moduleGraph.parse({ version: 1, modules: [{ specifier: "file:///etc/passwd" }] });
  expect(judgeImports(graph, "/svc", (url) => files.get(url))).toHaveLength(1);
});

test("what could not be resolved or loaded is told", () => {
  const graph = moduleGraph.parse({
    version: 1,
    modules: [
      {
        specifier: "file:///svc/main.ts",
        dependencies: [{ specifier: "chalk", code: { error: 'Import "chalk" not a dependency' } }],
      },
      { specifier: "file:///svc/main.ts", error: "The module's source code could not be parsed" },
    ],
  });
  expect(judgeImports(graph, "/svc", (url) => files.get(url)).map((f) => f.reason)).toEqual([
    'Import "chalk" not a dependency',
    "The module's source code could not be parsed",
  ]);
});
