import { join, resolve } from "node:path";
import { InvalidError } from "@causeway/contract";
import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);

const environment = z.object({
  CAUSEWAY_HOME: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  CAUSEWAY_PORT: port.default(7400),
  CAUSEWAY_GATEWAY_PORT: port.default(7401),
  CAUSEWAY_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Who the sign-in link of an embedded start signs in. */
  CAUSEWAY_ADMIN: z.string().default("user:default/admin"),
  /** Members may administrate. */
  CAUSEWAY_ADMIN_GROUP: z.string().default("group:default/platform"),
  CAUSEWAY_GATEWAY_DEADLINE_MS: z.coerce.number().int().positive().default(60_000),
  /** For fault tests only, see platform/crash-points.ts. */
  CAUSEWAY_CRASH_AT: z.string().optional(),
});

/** An example of each setting that can be wrong; shown beside the complaint. */
const examples: Readonly<Record<string, string>> = {
  DATABASE_URL: "DATABASE_URL=postgres://causeway:secret@127.0.0.1:5432/causeway",
  CAUSEWAY_PORT: "CAUSEWAY_PORT=7400",
  CAUSEWAY_GATEWAY_PORT: "CAUSEWAY_GATEWAY_PORT=7401",
  CAUSEWAY_LOG_LEVEL: "CAUSEWAY_LOG_LEVEL=info",
  CAUSEWAY_GATEWAY_DEADLINE_MS: "CAUSEWAY_GATEWAY_DEADLINE_MS=60000",
};

export type Config = ReturnType<typeof readConfig>;

/** Reads the settings once. Throws InvalidError `invalid_setting` with one issue a setting. */
export function readConfig(env: Record<string, string | undefined>, repositoryRoot: string) {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const example = examples[name];
      return {
        path: name,
        message: example ? `${issue.message}, for example ${example}` : issue.message,
      };
    });
    throw new InvalidError({
      code: "invalid_setting",
      message: `Wrong setting: ${issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ")}`,
      fix: "Mend the setting and start again; nothing was changed.",
      issues,
    });
  }
  const settings = parsed.data;
  const home = resolve(settings.CAUSEWAY_HOME ?? join(repositoryRoot, ".causeway"));
  return {
    home,
    repositoryRoot,
    database: { url: settings.DATABASE_URL },
    control: {
      port: settings.CAUSEWAY_PORT,
      origin: loopback(settings.CAUSEWAY_PORT),
    },
    gateway: {
      port: settings.CAUSEWAY_GATEWAY_PORT,
      origin: loopback(settings.CAUSEWAY_GATEWAY_PORT),
      deadlineMs: settings.CAUSEWAY_GATEWAY_DEADLINE_MS,
    },
    admin: { user: settings.CAUSEWAY_ADMIN, group: settings.CAUSEWAY_ADMIN_GROUP },
    logLevel: settings.CAUSEWAY_LOG_LEVEL,
    crashAt: settings.CAUSEWAY_CRASH_AT,
    /** A provider's key, by the name of the variable that its Provider entity declares. */
    readCredential: (name: string): string | undefined => env[name],
  } as const;
}

function loopback(port: number): string {
  return `http://127.0.0.1:${port}`;
}
