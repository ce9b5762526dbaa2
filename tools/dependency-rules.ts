import type { IForbiddenRuleType } from "dependency-cruiser";

/** Rows from the bottom up: a module may use what stands in a lower row (in the first row: to its left). */
const foundation = ["audit", "events", "identity"] as const;
const middle = ["policy", "catalog", "runs"] as const;
const top = [
  "golden-paths",
  "prompts",
  "evals",
  "gateway",
  "telemetry",
  "delivery",
  "provisioning",
  "compute",
  "agents",
] as const;
const lowToHigh: readonly string[] = [...foundation, ...middle];

/** Files of a module that act or wire: `service.ts`, `lease-service.ts`, `store/keys.ts`; `ports.ts` and `tables.ts` hold
 *  types of the world outside. Every other file is pure. */
const roles = "index|service|store|routes|jobs|client|actions|ports|tables";
const acts = "index|service|store|routes|jobs|client|actions";
const isRole = (names: string) => `[/-](?:${names})(?:\\.ts$|/)`;

/** Further files that act, each with the reason why its name is none of the roles; .oxlintrc.json lists them again. */
const acting = [
  // The hot path, named after what they do to a call.
  "gateway/dataplane/(?:handler|spool|upstream|server)\\.ts$",
  // The interpreter of plans; what it decides lives in decide.ts.
  "runs/engine/(?:run|claim|held-runs|live-log|signals)\\.ts$",
  // Routes whose answer goes on: server-sent events.
  "runs/stream\\.ts$",
  // The sandbox and what keeps it running: processes, signals, files.
  "delivery/(?:runner|supervisor)/[^/]+\\.ts$",
].map((file) => `^packages/server/src/modules/${file}`);

const server = "^packages/server/src";
const modules = `${server}/modules`;
const test = "\\.test\\.tsx?$|/__fixtures__/|/conformance\\.ts$";
const pure = {
  path: `${modules}/[^/]+/`,
  pathNot: [`${modules}/.*${isRole(roles)}`, ...acting, test],
};

type Rule = IForbiddenRuleType & { readonly name: string; readonly comment: string };

/** The comment is what a person reads who broke the rule: why, and where the thing belongs. */
export const forbidden: readonly Rule[] = [
  {
    name: "contract-stands-alone",
    comment: "contract is the bottom: schemas and types, no I/O, no Node",
    severity: "error",
    from: { path: "^packages/contract/src/", pathNot: test },
    to: { pathNot: ["^packages/contract/src/", "node_modules/zod/"] },
  },
  {
    name: "platform-knows-no-domain",
    comment: "platform may use contract only; what knows a domain word is a module",
    severity: "error",
    from: { path: `${server}/platform/` },
    to: { path: `${server}/`, pathNot: `${server}/platform/` },
  },
  {
    name: "modules-below-http",
    comment: "a module may use http/app.ts and http/principal.ts, nothing else above it",
    severity: "error",
    from: { path: `${modules}/`, pathNot: test },
    to: {
      path: `${server}/`,
      pathNot: [`${modules}/`, `${server}/platform/`, `${server}/http/(app|principal)\\.ts$`],
    },
  },
  {
    name: "http-below-compose",
    comment: "http serves what compose hands it",
    severity: "error",
    from: { path: `${server}/http/`, pathNot: test },
    to: { path: `${server}/[^/]+\\.ts$` },
  },
  {
    name: "compose-below-main",
    comment: "main starts roles; nothing imports it",
    severity: "error",
    from: { path: `${server}/(?!main\\.ts$)` },
    to: { path: `${server}/main\\.ts$` },
  },
  {
    name: "front-doors-only",
    comment: "ask a module through its index.ts (the data plane has one of its own)",
    severity: "error",
    from: { path: `${server}/(?:modules/([^/]+)/|(?!modules/))` },
    to: {
      path: `${modules}/`,
      pathNot: [
        `${modules}/$1/`,
        `${modules}/[^/]+/index\\.ts$`,
        `${modules}/gateway/dataplane/index\\.ts$`,
      ],
    },
  },
  ...lowToHigh.map((name, row) => ({
    name: `module-order-${name}`,
    comment: `${name} may use ${lowToHigh.slice(0, row).join(", ") || "no other module"}`,
    severity: "error" as const,
    from: { path: `${modules}/${name}/`, pathNot: test },
    to: {
      path: `${modules}/`,
      pathNot: `${modules}/(${lowToHigh.slice(0, row + 1).join("|")})/`,
    },
  })),
  {
    name: "top-modules-are-strangers",
    comment: "modules of the last row meet through an action, an event or a function from compose",
    severity: "error",
    from: { path: `${modules}/(${top.join("|")})/`, pathNot: test },
    to: { path: `${modules}/(${top.join("|")})/`, pathNot: `${modules}/$1/` },
  },
  {
    name: "known-modules-only",
    comment: "a new module takes its place in the order in tools/dependency-rules.ts",
    severity: "error",
    from: { path: `${modules}/`, pathNot: `${modules}/(${[...lowToHigh, ...top].join("|")})/` },
    to: {},
  },
  {
    name: "pure-files-stay-pure",
    comment: `only ${roles.replaceAll("|", ", ")} act; a pure file gets what it needs as arguments`,
    severity: "error",
    from: pure,
    to: {
      path: [
        `${server}/(platform|http)/`,
        "node_modules/(@types/)?(pg|kysely|fastify|pg-boss|undici|pino|deno)/",
      ],
      // It only loads a package of pure rules in the one form that Node accepts.
      pathNot: [`${server}/platform/backstage-model.ts`],
    },
  },
  {
    name: "pure-files-without-node",
    comment: "a pure file imports no node: module; files, processes and randomness are acts",
    severity: "error",
    from: pure,
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "pure-files-import-pure",
    comment: "a pure file imports contract and pure files of its own module",
    severity: "error",
    from: pure,
    to: {
      path: [`${modules}/.*${isRole(acts)}`, ...acting],
    },
  },
  {
    name: "dataplane-without-database",
    comment: "the data plane survives the control plane (I10): no database, not even transitively",
    severity: "error",
    from: { path: `${modules}/gateway/dataplane/`, pathNot: test },
    to: {
      path: ["node_modules/(@types/)?(pg|kysely|pg-boss)/", `${server}/platform/db/`],
      reachable: true,
    },
  },
  {
    name: "portal-and-cli-without-server",
    comment: "portal and cli talk to the server over its API",
    severity: "error",
    from: { path: "^packages/(portal|cli)/" },
    to: { path: "^packages/server/" },
  },
  {
    name: "server-without-portal-and-cli",
    comment: "the server serves the built portal as files",
    severity: "error",
    from: { path: "^packages/(server|contract)/" },
    to: { path: "^packages/(portal|cli)/" },
  },
  {
    name: "no-test-code-in-production",
    comment: "what both need is production code; what only tests need stays in test/",
    severity: "error",
    from: { path: "^packages/[^/]+/src/", pathNot: test },
    to: { path: ["^packages/[^/]+/test/", "\\.test\\.tsx?$", "node_modules/vitest/"] },
  },
  {
    name: "no-cycles",
    comment: "two files that need each other are one idea, or miss a third",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-unresolved",
    comment: "the checker must see what it judges",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];
