import { InvalidError } from "@causeway/contract";

/** The platform's own when nothing else is said. */
export const defaultPorts = { port: 7400, gatewayPort: 7401 } as const;

/** A port from the environment; undefined when it is not set. */
export function parsePortSetting(
  env: Readonly<Record<string, string | undefined>>,
  name: "CAUSEWAY_PORT" | "CAUSEWAY_GATEWAY_PORT",
): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidError({
    code: "invalid_setting",
    message: `Wrong setting: ${name} is "${text}", not a port`,
    fix: `Write a number between 0 and 65535, for example ${name}=${name === "CAUSEWAY_PORT" ? 7400 : 7401}`,
  });
}
