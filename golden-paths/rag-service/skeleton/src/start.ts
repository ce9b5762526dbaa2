import { createApp, type App } from "./app.ts";
import { createGateway } from "./gateway.ts";
import { readSettings } from "./settings.ts";

/** What both entries share: settings from the environment, the real gateway, the real clock. */
export function startApp(readEnvironment: (name: string) => string | undefined): Promise<App> {
  const settings = readSettings(readEnvironment);
  return createApp({
    service: settings.service,
    settings,
    gateway: createGateway({ url: settings.gatewayUrl, key: settings.key, fetch }),
    now: () => performance.timeOrigin + performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    log: (line) => console.log(JSON.stringify({ at: new Date().toISOString(), ...line })),
  });
}

export function readPort(text: string | undefined): number {
  const port = Number(text ?? 8080);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a port number, for example PORT=8080, not ${text}`);
}
