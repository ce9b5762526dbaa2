import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runGit, tryGit } from "./git.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "causeway-git-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("ignores the configuration of the machine's user", async () => {
  await writeFile(join(directory, ".gitconfig"), "[user]\n\tname = Somebody\n");
  process.env["GIT_CONFIG_GLOBAL"] = join(directory, ".gitconfig");
  try {
    const { code } = await tryGit(["config", "--get", "user.name"]);
    expect(code).toBe(1);
  } finally {
    delete process.env["GIT_CONFIG_GLOBAL"];
  }
});

test("passes arguments literally, never through a shell", async () => {
  const { code, stderr } = await tryGit(["$(touch hacked)"], { gitDir: directory });
  expect(code).toBe(1);
  expect(stderr).toContain("'$(touch hacked)' is not a git command");
});

test("returns the exit code of a refusal, or throws it where success is expected", async () => {
  const { code } = await tryGit(["rev-parse", "HEAD"], { gitDir: directory });
  expect(code).toBe(128);
  await expect(runGit(["rev-parse", "HEAD"], { gitDir: directory })).rejects.toThrow(
    "ended with 128",
  );
});

test("hands input over", async () => {
  await runGit(["init", "--quiet", "--bare", directory]);
  const hash = await runGit(["hash-object", "-w", "--stdin"], {
    gitDir: directory,
    input: "hello\n",
  });
  expect(hash).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
});
