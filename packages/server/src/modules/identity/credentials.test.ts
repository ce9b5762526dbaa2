import { expect, test } from "vitest";
import { assertOwnOrigin, findCredential } from "./credentials.ts";

test.each([
  ["nothing", {}, undefined],
  ["a bearer token", { authorization: "Bearer cwt_x" }, { kind: "token", secret: "cwt_x" }],
  [
    "a session among cookies",
    { cookie: "a=1; causeway_session=cws_y; b=2" },
    { kind: "session", secret: "cws_y" },
  ],
  ["a cookie of another name", { cookie: "not_causeway_session=cws_y" }, undefined],
  ["an empty session", { cookie: "causeway_session=" }, undefined],
  [
    "a token decides over a session",
    { authorization: "bearer cwt_x", cookie: "causeway_session=cws_y" },
    { kind: "token", secret: "cwt_x" },
  ],
  [
    "a scheme that is not ours never falls back",
    { authorization: "Basic eDp5", cookie: "causeway_session=cws_y" },
    undefined,
  ],
])("finds the credential: %s", (_name, headers, expected) => {
  expect(findCredential(headers)).toEqual(expected);
});

const host = "127.0.0.1:7400";

test.each([
  ["GET", undefined],
  ["HEAD", "https://evil.example"],
  ["POST", "http://127.0.0.1:7400"],
  ["DELETE", "https://127.0.0.1:7400"],
])("%s from %s is let through", (method, origin) => {
  expect(() => assertOwnOrigin({ method, host, origin })).not.toThrow();
});

test.each([
  ["POST", undefined],
  ["POST", "null"],
  ["POST", "http://127.0.0.1:7401"],
  ["PUT", "https://evil.example"],
  ["DELETE", "http://127.0.0.1:7400.evil.example"],
])("%s from %s is refused", (method, origin) => {
  expect(() => assertOwnOrigin({ method, host, origin })).toThrow(
    expect.objectContaining({ code: "foreign_origin" }),
  );
});
