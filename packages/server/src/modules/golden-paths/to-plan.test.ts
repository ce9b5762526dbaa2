import type { Entity } from "@causeway/contract";
import { expect, test } from "vitest";
import { parseTemplate } from "./template.ts";
import { toFieldIssues, toPlan } from "./to-plan.ts";

const entity: Entity = {
  apiVersion: "scaffolder.backstage.io/v1beta3",
  kind: "Template",
  metadata: {
    name: "demo",
    title: "Demo",
    annotations: { "causeway.dev/version": "1.2.0", "causeway.dev/need": "Show something" },
  },
  spec: {
    type: "service",
    parameters: { properties: { name: { type: "string" } } },
    steps: [
      { action: "fetch:template", input: { url: "./skeleton", values: { a: 1 } } },
      { id: "log", name: "Say it", action: "debug:log", if: "${{ parameters.name }}", custom: 1 },
    ],
    output: { text: [{ title: "Done" }] },
  },
};

test("makes a plan that says by itself where its files are and where it came from", () => {
  expect(toPlan(parseTemplate(entity), { name: "x" })).toEqual({
    title: "Demo: x",
    parameters: { name: "x" },
    steps: [
      {
        id: "step-1",
        name: "fetch:template",
        action: "fetch:template",
        input: { url: "golden-path:demo/skeleton", values: { a: 1 } },
      },
      {
        id: "log",
        name: "Say it",
        action: "debug:log",
        input: {},
        if: "${{ parameters.name }}",
      },
    ],
    output: { text: [{ title: "Done" }] },
    source: {
      templateRef: "template:default/demo",
      templateVersion: "1.2.0",
      baseUrl: "golden-path:demo/",
    },
  });
});

test("leaves an absolute url as it is", () => {
  const steps = [{ action: "fetch:template", input: { url: "https://example.com/x" } }];
  const other = { ...entity, spec: { type: "service", steps } };
  expect(toPlan(parseTemplate(other), {}).steps[0]?.input).toEqual({
    url: "https://example.com/x",
  });
});

test("tells a complaint about an input as one about the form field behind it", () => {
  const step = {
    id: "load",
    action: "documents:load",
    input: {
      folder: "${{ parameters.documents }}",
      nested: { who: "for ${{ parameters.name }}" },
      fixed: "a",
    },
  };
  const issue = (path: string) => ({ path, message: "no" });
  expect(toFieldIssues(step, [issue("folder"), issue("nested.who"), issue("fixed")])).toEqual([
    issue("documents"),
    issue("name"),
    issue("fixed"),
  ]);
});

test("refuses a template without steps and says where", () => {
  expect(() => parseTemplate({ ...entity, spec: { type: "service" } })).toThrow(/spec\.steps/);
});
