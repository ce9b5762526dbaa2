import type { CommandDefinition } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { auditVerify } from "./commands/audit-verify.ts";
import { create } from "./commands/create.ts";
import { down } from "./commands/down.ts";
import { get } from "./commands/get.ts";
import { keyCreate } from "./commands/key-create.ts";
import { keyList } from "./commands/key-list.ts";
import { login } from "./commands/login.ts";
import { logs } from "./commands/logs.ts";
import { plan } from "./commands/plan.ts";
import { run } from "./commands/run.ts";
import { runs } from "./commands/runs.ts";
import { services } from "./commands/services.ts";
import { up } from "./commands/up.ts";
import { usage } from "./commands/usage.ts";

/** In the order in which the help shows them. */
export const commands: readonly CommandDefinition[] = [
  up,
  down,
  login,
  get,
  apply,
  create,
  plan,
  run,
  runs,
  services,
  logs,
  keyCreate,
  keyList,
  usage,
  auditVerify,
];
