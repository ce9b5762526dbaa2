import {
  gatewaySnapshot,
  internalHeaders,
  leaseGrant,
  usageAck,
  type GatewaySnapshot,
  type LeaseGrant,
  type LeaseRequest,
  type UsageRecord,
} from "@causeway/contract";
import { Agent, request } from "undici";

export type ControlClient = ReturnType<typeof createControlClient>;
export type ControlClientOptions = {
  readonly origin: string;
  readonly internalToken: string;
  readonly gateway: string;
};

/** A refusal of the control plane; anything else that is thrown means that it does not answer. */
export class ControlRefusalError extends Error {
  readonly status: number;
  readonly code: string | undefined;
  constructor(status: number, code: string | undefined) {
    super(`the control plane answered with status ${status} ${code ?? ""}`);
    this.status = status;
    this.code = code;
  }
}

export function createControlClient({ origin, internalToken, gateway }: ControlClientOptions) {
  const agent = new Agent({ connections: 8, headersTimeout: 35_000, bodyTimeout: 35_000 });
  const headers = { [internalHeaders.token]: internalToken };

  const post = async (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const answer = await request(`${origin}${path}`, {
      dispatcher: agent,
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    const parsed: unknown = await answer.body.json().catch(() => undefined);
    if (answer.statusCode !== 200) throw toRefusal(answer.statusCode, parsed);
    return parsed;
  };

  return {
    /** The long poll. `since` also tells what this gateway works with. */
    pollSnapshot: async (
      since: number,
      signal: AbortSignal,
    ): Promise<GatewaySnapshot | undefined> => {
      const query = new URLSearchParams({ since: String(since), gateway });
      const answer = await request(`${origin}/api/gateway/snapshot?${query.toString()}`, {
        dispatcher: agent,
        headers,
        signal,
      });
      if (answer.statusCode === 204) {
        await answer.body.dump();
        return undefined;
      }
      const parsed: unknown = await answer.body.json().catch(() => undefined);
      if (answer.statusCode !== 200) throw toRefusal(answer.statusCode, parsed);
      return gatewaySnapshot.parse(parsed);
    },
    askLease: async (ask: Omit<LeaseRequest, "gateway">): Promise<LeaseGrant> => {
      const body: LeaseRequest = { ...ask, gateway };
      return leaseGrant.parse(await post("/api/gateway/leases", body, AbortSignal.timeout(5_000)));
    },
    deliverUsage: async (records: readonly UsageRecord[], signal: AbortSignal) =>
      usageAck.parse(await post("/api/gateway/usage", { gateway, records }, signal)),
    /** For calls that are only passed on. */
    agent,
    origin,
    headers,
    close: () => agent.destroy(),
  };
}

function toRefusal(status: number, problem: unknown): ControlRefusalError {
  const code =
    typeof problem === "object" && problem !== null && "code" in problem ? problem.code : undefined;
  return new ControlRefusalError(status, typeof code === "string" ? code : undefined);
}
