import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { chromium } from "playwright-core";

export type Chromium =
  | { readonly kind: "found"; readonly executablePath: string; readonly from: string }
  | { readonly kind: "missing"; readonly reason: string; readonly command: string };

type Candidate = {
  readonly from: string;
  /** Undefined when this way does not exist here. */
  readonly prepare: () => Promise<string | undefined> | string | undefined;
};

type Find = {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
};

/** A Chromium that was started once to see that it works, by the first way that leads to one. */
export async function findChromium(options: Find): Promise<Chromium> {
  const failures: string[] = [];
  for (const candidate of candidates(options)) {
    try {
      const executablePath = await candidate.prepare();
      if (executablePath === undefined) continue;
      await tryOut(executablePath);
      return { kind: "found", executablePath, from: candidate.from };
    } catch (error) {
      failures.push(`${candidate.from}: ${firstLine(error)}`);
    }
  }
  return {
    kind: "missing",
    reason: failures.length > 0 ? failures.join("; ") : "none is installed",
    command: installCommand(),
  };
}

function candidates({ root, env, say }: Find): Candidate[] {
  const named = ["CAUSEWAY_CHROMIUM", "PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"];
  return [
    ...named.map((name) => ({ from: name, prepare: () => env[name] })),
    { from: "the machine", prepare: () => onMachine(env["PATH"] ?? "") },
    { from: "the npm package @sparticuz/chromium", prepare: () => unpackNpmChromium(root) },
    { from: "Debian's package chromium", prepare: () => installDebianChromium(say) },
  ];
}

/** A browser that cannot show a page is none: a missing system library shows only here. */
async function tryOut(executablePath: string): Promise<void> {
  const browser = await chromium.launch(launchOptions(executablePath));
  try {
    const page = await browser.newPage();
    await page.setContent("<h1>ready</h1>");
    const text = await page.textContent("h1");
    if (text !== "ready") throw new Error("it shows no page");
  } finally {
    await browser.close();
  }
}

/** Root and most containers have no sandbox for Chromium; it opens our own pages only. */
export function launchOptions(executablePath: string) {
  return {
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
    timeout: 60_000,
  };
}

function onMachine(path: string): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const inPath = path
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)));
  const known = [
    ...inPath,
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    chromium.executablePath(),
  ];
  return known.find((file) => isExecutable(file));
}

/** The package carries a headless Chromium for x64 and the system libraries that a bare machine lacks. Unpacked once. */
async function unpackNpmChromium(root: string): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const here = createRequire(import.meta.url);
  const main = here.resolve("@sparticuz/chromium");
  const packageRoot = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const target = join(root, ".cache", `chromium-${version}`);
  const start = join(target, "start");
  if (existsSync(start)) return start;

  const temporary = `${target}.new-${randomBytes(4).toString("hex")}`;
  mkdirSync(temporary, { recursive: true, mode: 0o755 });
  try {
    await inflateInto(temporary, join(packageRoot, "bin"));
    writeFileSync(join(temporary, "start"), startScript);
    for (const file of ["chromium", "start"]) chmodSync(join(temporary, file), 0o755);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return start;
}

/** Its unpacker knows one place only: the temporary directory. */
async function inflateInto(directory: string, bin: string): Promise<void> {
  const { inflate } = await import("@sparticuz/chromium");
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  try {
    const parts = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];
    await Promise.all(parts.map((part) => inflate(join(bin, part))));
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** Its libraries for this one program, behind those of the machine: newer ones win. */
const startScript = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/al2023/lib"
export FONTCONFIG_PATH="\${FONTCONFIG_PATH:-$here/fonts}"
exec "$here/chromium" "$@"
`;

function installDebianChromium(say: Find["say"]): string | undefined {
  if (process.getuid?.() !== 0 || !isDebian()) return undefined;
  say("No Chromium here. Installing Debian's package (apt-get install chromium), as root.");
  const run = (...args: string[]) =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  run("update", "-q");
  const installed = run("install", "-y", "-q", "--no-install-recommends", "chromium");
  if (installed.status !== 0) throw new Error(`apt-get failed: ${installed.stderr.trim()}`);
  return onMachine("/usr/bin");
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function installCommand(): string {
  if (process.platform === "darwin") return "brew install --cask chromium";
  if (isDebian()) return "sudo apt-get install -y chromium";
  return "install Chromium or Chrome, or set CAUSEWAY_CHROMIUM=/path/to/chromium";
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    // Ubuntu's chromium-browser is a script that asks for the snap.
    return !/snap install/.test(headOf(file));
  } catch {
    return false;
  }
}

function headOf(file: string): string {
  return execFileSync("head", ["-c", "2000", file], { encoding: "latin1" });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const library = /error while loading shared libraries: (\S+)/.exec(text);
  return library ? `it lacks the library ${library[1]}` : (text.split("\n")[0] ?? text);
}
