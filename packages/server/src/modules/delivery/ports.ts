import type { FastifyRequest } from "fastify";
import type { Principal } from "../../http/principal.ts";

/** What delivery asks of modules it does not know. */
export type DeliveryPorts = {
  /** A fresh secret of a service's key; with `replaceEarlier` all others end at once. */
  readonly issueSecret: (command: {
    readonly keyId: string;
    readonly actor: string;
    readonly replaceEarlier: boolean;
  }) => Promise<{ readonly secret: string }>;
  /** Resolves when every connected gateway knows the keys as they are now; may reject when one cannot be asked in time. */
  readonly awaitApplied: () => Promise<void>;
  /** Who sent a request to a public route. */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal | undefined>;
};
