import * as fc from "fast-check";
import { expect, test } from "vitest";
import { removeMember, setMember } from "./json-members.ts";

test.each([
  ['{"model":"a","x":1.0}', '{"model":"b","x":1.0}'],
  ['{ "x" : 1e400 , "model" : "a\\"}," }', '{ "x" : 1e400 , "model" : "b" }'],
  ['{"nested":{"model":"a"},"model" :  null\n}', '{"nested":{"model":"a"},"model" :  "b"\n}'],
  ['{"m\\u006fdel":"a"}', '{"m\\u006fdel":"b"}'],
  ['{"model":"a","model":[1,{"]":"}"}]}', '{"model":"b","model":"b"}'],
  ['{"x":1}', '{"model":"b","x":1}'],
  ["{ }", '{"model":"b" }'],
])("replaces a member of %s and nothing else", (before, after) => {
  expect(setMember(before, "model", '"b"')).toBe(after);
});

test.each([
  ['{"a":1,"b":2,"c":3}', '{"a":1,"c":3}'],
  ['{"b":2,"c":3}', '{"c":3}'],
  ['{"a":1, "b":2}', '{"a":1}'],
  ['{"b":{"b":1}}', "{}"],
  ['{"b":1,"a":1,"b":2}', '{"a":1}'],
  ['{"a":{"b":1}}', '{"a":{"b":1}}'],
])("removes a member of %s", (before, after) => {
  expect(removeMember(before, "b")).toBe(after);
});

test("any JSON object is the same after an edit but for the member", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(object, fc.integer({ min: 0, max: 2 }), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const parsed = JSON.parse(text);
      expect(JSON.parse(setMember(text, "model", "7"))).toEqual({ ...parsed, model: 7 });
      const { model: _removed, ...rest } = parsed;
      expect(JSON.parse(removeMember(text, "model"))).toEqual(rest);
    }),
  );
});
