// Writes docs/reference/cli.md from the definitions of the commands: `node tools/generate-cli-reference.ts`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { cliReference, cliReferenceFile } from "../packages/cli/src/cli-reference.ts";

mkdirSync(dirname(cliReferenceFile), { recursive: true });
writeFileSync(cliReferenceFile, cliReference());
