import { expect, test } from "vitest";
import {
  compileEnvironment,
  compileRunArguments,
  dataLimitKiB,
  type Placement,
} from "./deno-flags.ts";
import { parseManifest } from "./manifest.ts";

const placement: Placement = {
  service: "handbook",
  folder: "/home/services/handbook/abc",
  denoDirectory: "/home/services/.deno/handbook",
  port: 9_001,
  gatewayPort: 7_401,
  controlPort: 7_400,
  hasNodeModules: false,
  key: "cwk_secret",
};
const base = "runner: deno\nentry: src/main.ts\n";

test("a service that declares nothing gets its own port and nothing else", () => {
  const args = compileRunArguments(parseManifest(base), placement);
  expect(args).toEqual([
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--deny-import",
    "--no-config",
    "--no-lock",
    "--no-npm",
    "--allow-net=127.0.0.1:9001",
    "--deny-net=0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,112.0.0.0/5,120.0.0.0/6,124.0.0.0/7,126.0.0.0/8,128.0.0.0/1",
    "--allow-env=PORT,CAUSEWAY_GATEWAY_URL,CAUSEWAY_KEY,CAUSEWAY_SERVICE",
    "--ignore-env",
    "--v8-flags=--max-old-space-size=192",
    "/home/services/handbook/abc/src/main.ts",
  ]);
});

test("the gateway is a name that cannot be listened on, led there by a proxy that the service does not see", () => {
  const manifest = parseManifest(`${base}egress: [gateway]\nsettings: {MODE: quick}\n`);
  const args = compileRunArguments(manifest, placement);
  expect(args).toContain("--allow-net=127.0.0.1:9001,gateway.causeway.alt:80");
  expect(args.join(" ")).not.toContain("7401");
  const environment = compileEnvironment(manifest, placement);
  expect(environment).toMatchObject({
    PORT: "9001",
    MODE: "quick",
    CAUSEWAY_KEY: "cwk_secret",
    CAUSEWAY_GATEWAY_URL: "http://gateway.causeway.alt",
    HTTP_PROXY: "http://127.0.0.1:7401",
  });
  expect(args.find((arg) => arg.startsWith("--allow-env"))).not.toContain("PROXY");
});

test("declared hosts are reached directly, but never this platform under another name", () => {
  const manifest = parseManifest(`${base}egress: [gateway, "api.example.com:443"]\n`);
  const args = compileRunArguments(manifest, placement);
  expect(args).toContain("--allow-net=127.0.0.1:9001,gateway.causeway.alt:80,api.example.com:443");
  expect(args).toContain("--deny-net=169.254.0.0/16,127.0.0.1:7401,127.0.0.1:7400");
  expect(compileEnvironment(manifest, placement)["NO_PROXY"]).toBe("127.0.0.1,api.example.com");
});

test("only what is listed under env is there at all", () => {
  const environment = compileEnvironment(parseManifest(`${base}env: [PORT]\n`), placement);
  expect(environment["CAUSEWAY_KEY"]).toBeUndefined();
  expect(environment["HTTP_PROXY"]).toBeUndefined();
});

test("readable folders are inside the copy", () => {
  const manifest = parseManifest(`${base}files: {read: [./data, src/]}\n`);
  expect(compileRunArguments(manifest, placement)).toContain(
    "--allow-read=/home/services/handbook/abc/data,/home/services/handbook/abc/src",
  );
});

test("an installed node_modules is used as it is", () => {
  const args = compileRunArguments(parseManifest(base), { ...placement, hasNodeModules: true });
  expect(args).toContain("--node-modules-dir=manual");
  expect(args).not.toContain("--no-npm");
});

test("the memory limit leaves room for what the runtime reserves", () => {
  expect(dataLimitKiB(parseManifest(`${base}limits: {memoryMiB: 100}\n`))).toBe(676 * 1_024);
  const withWorkers = parseManifest(`${base}limits: {memoryMiB: 100, workers: 2}\n`);
  expect(dataLimitKiB(withWorkers)).toBe((676 + 2 * 544) * 1_024);
});
