import { expect, test } from "vitest";
import { isSignedOut, problemOf, ProblemError, toProblem } from "./client.ts";

const answer = (status: number) => ({ status, headers: new Headers({ "x-request-id": "req_1" }) });

test("a problem document is shown as the server wrote it", () => {
  const document = {
    type: "urn:causeway:problem:plan_changed",
    title: "Conflict",
    status: 409,
    detail: "The plan changed.",
    code: "plan_changed",
    requestId: "req_2",
    fix: "Look at the new preview.",
  };
  expect(toProblem(answer(409), JSON.stringify(document))).toEqual(document);
});

test.each([
  ["<html>Bad gateway</html>", "<html>Bad gateway</html>"],
  ["", "The answer says no reason."],
  ['{"error":"no"}', '{"error":"no"}'],
])("an answer without problem document (%s) still says status and request id", (text, detail) => {
  const problem = toProblem(answer(502), text);
  expect(problem).toMatchObject({ status: 502, detail, requestId: "req_1" });
});

test("only 401 means signed out", () => {
  const problem = toProblem(answer(401), "");
  expect(isSignedOut(new ProblemError(problem))).toBe(true);
  expect(isSignedOut(new ProblemError({ ...problem, status: 403 }))).toBe(false);
  expect(problemOf(new TypeError("x is undefined")).code).toBe("portal_error");
});
