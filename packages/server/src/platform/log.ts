import { pino, type Logger } from "pino";

export type Log = Logger;

/** JSON lines on stdout. Anything that looks like a credential is removed before it is written (I9). */
export function createLog(options: { readonly name: string; readonly level: string }): Log {
  return pino({
    name: options.name,
    level: options.level,
    redact: {
      paths: [
        "authorization",
        "cookie",
        "secret",
        "token",
        "*.authorization",
        "*.cookie",
        "*.secret",
        "*.token",
      ],
      censor: "[removed]",
    },
  });
}

export const silentLog: Log = pino({ level: "silent" });
