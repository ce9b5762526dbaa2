import { expect, test } from "vitest";
import {
  isTraceparent,
  servicePolicy,
  toCallerHeaders,
  toServiceHeaders,
} from "./ingress-headers.ts";

const trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const fresh = "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01";
const caller = {
  principal: "user:default/developer",
  prefix: "/services/handbook",
  host: "127.0.0.1:7400",
  newTraceparent: () => fresh,
};

test("a service learns who calls and nothing that proves it", () => {
  expect(
    toServiceHeaders(
      {
        host: "127.0.0.1:7400",
        cookie: "causeway=secret",
        authorization: "Bearer secret",
        "proxy-authorization": "Basic secret",
        "x-causeway-principal": "user:default/admin",
        "x-causeway-internal": "token",
        x_causeway_principal: "user:default/admin",
        "x-forwarded-for": "1.2.3.4",
        "x-forwarded-prefix": "/evil",
        connection: "keep-alive, x-drop-me",
        "x-drop-me": "1",
        "transfer-encoding": "chunked",
        te: "trailers",
        upgrade: "websocket",
        expect: "100-continue",
        traceparent: trace,
        tracestate: "a=b",
        "content-type": "application/json",
        accept: "text/html",
      },
      caller,
    ),
  ).toEqual({
    "content-type": "application/json",
    accept: "text/html",
    traceparent: trace,
    tracestate: "a=b",
    "x-causeway-principal": "user:default/developer",
    "x-forwarded-prefix": "/services/handbook",
    "x-forwarded-host": "127.0.0.1:7400",
    "x-forwarded-proto": "http",
  });
});

test("an anonymous caller is nobody, whatever the caller says", () => {
  const headers = toServiceHeaders(
    { "x-causeway-principal": "user:default/admin" },
    { ...caller, principal: undefined },
  );
  expect(headers["x-causeway-principal"]).toBeUndefined();
});

test("a missing or broken trace is replaced, its state with it", () => {
  const headers = toServiceHeaders({ traceparent: "00-0-0-00", tracestate: "a=b" }, caller);
  expect(headers).toMatchObject({ traceparent: fresh });
  expect(headers["tracestate"]).toBeUndefined();
});

test.each([
  [trace, true],
  ["00-00000000000000000000000000000000-0123456789abcdef-01", false],
  ["00-0123456789abcdef0123456789abcdef-0000000000000000-01", false],
  ["00-0123456789ABCDEF0123456789abcdef-0123456789abcdef-01", false],
  ["", false],
])("%j as a traceparent: %s", (text, isGood) => {
  expect(isTraceparent(text)).toBe(isGood);
});

test("an answer can neither touch the portal's cookies nor run in its origin", () => {
  expect(
    toCallerHeaders({
      "set-cookie": ["causeway=stolen"],
      "clear-site-data": '"*"',
      "content-security-policy": "default-src *",
      "x-content-type-options": "off",
      "service-worker-allowed": "/",
      "strict-transport-security": "max-age=1",
      "x-causeway-principal": "user:default/admin",
      "access-control-allow-credentials": "true",
      connection: "close, x-private",
      "x-private": "1",
      "transfer-encoding": "chunked",
      "content-type": "text/html",
      vary: ["accept", "origin"],
    }),
  ).toEqual({
    "content-type": "text/html",
    vary: "accept, origin",
    "content-security-policy": servicePolicy,
    "x-content-type-options": "nosniff",
  });
});
