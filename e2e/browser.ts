import { dirname } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { findChromium, launchOptions } from "../tools/chromium.ts";

/** The Chromium that `npm test` chose, or the first that works when a journey runs alone. */
export async function launchBrowser(): Promise<Browser> {
  const chosen = process.env["CAUSEWAY_CHROMIUM"] ?? (await findOne());
  return chromium.launch(launchOptions(chosen));
}

async function findOne(): Promise<string> {
  const root = dirname(import.meta.dirname);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const found = await findChromium({ root, env: process.env, say });
  if (found.kind === "found") return found.executablePath;
  throw new Error(`No Chromium starts here (${found.reason}). ${found.command}`);
}
