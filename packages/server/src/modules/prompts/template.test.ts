import { expect, test } from "vitest";
import { findTemplateIssues } from "./template.ts";

test("a template that uses what it declares is fine", () => {
  const template = "{{passages}}\n\nQuestion: {{ question }} {{passages}} {single} }}";
  expect(findTemplateIssues(template, ["passages", "question"])).toEqual([]);
});

test.each([
  ["not declared", "a\nb {{x}}", [], "template:2:3", "{{x}} is not declared"],
  ["not used", "", ["x"], "variables[0]", '"x" is not used'],
  ["twice", "{{x}}", ["x", "x"], "variables[1]", '"x" stands twice'],
  ["not closed", "{{x}} and {{y", ["x"], "template:1:11", "is not closed"],
  ["closed by the next one", "{{x {{y}}", ["y"], "template:1:1", "is not closed"],
  ["empty", "{{}}", [], "template:1:1", '"" is not a variable name'],
  ["an expression", "{{ a.b }}", [], "template:1:1", '"a.b" is not a variable name'],
])("says where a variable is %s", (_name, ...[template, variables, path, message]) => {
  expect(findTemplateIssues(template, variables)).toEqual([
    { path, message: expect.stringContaining(message) },
  ]);
});
