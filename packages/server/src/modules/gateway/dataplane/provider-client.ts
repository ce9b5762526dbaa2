import { UnavailableError, type SnapshotProvider } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import { newId } from "#platform/ids";
import { createLocalTransport } from "../providers/local/index.ts";
import { createHttpTransport } from "../providers/openai/index.ts";
import type { Transport } from "../providers/provider.ts";

export type ProviderPoolDeps = {
  readonly clock: Clock;
  /** The gateway process's environment; only names that a Provider declares are asked for. */
  readonly readCredential: (name: string) => string | undefined;
  readonly connectTimeoutMs: number;
};
export type ProviderPool = ReturnType<typeof createProviderPool>;

/** One transport for each address in use; connections outlive snapshots. */
export function createProviderPool(deps: ProviderPoolDeps) {
  const http = new Map<string, Transport>();
  const local = createLocalTransport({ now: () => deps.clock.now(), newId });
  return {
    transportOf: (provider: SnapshotProvider): Transport => {
      switch (provider.driver) {
        case "local":
          return local;
        case "openai": {
          const baseUrl = provider.baseUrl ?? "";
          assertAllowed(baseUrl);
          const found =
            http.get(baseUrl) ??
            createHttpTransport({
              baseUrl,
              connectTimeoutMs: deps.connectTimeoutMs,
              connections: 512,
            });
          http.set(baseUrl, found);
          return found;
        }
      }
    },
    credentialOf: (provider: SnapshotProvider): string | undefined => {
      if (provider.credentialEnv === null) return undefined;
      const value = deps.readCredential(provider.credentialEnv);
      if (value) return value;
      throw new UnavailableError({
        code: "provider_credential_missing",
        message: `The credential of ${provider.ref} is not set`,
        fix: `Start the gateway with ${provider.credentialEnv} in its environment.`,
      });
    },
    close: async (): Promise<void> => {
      await Promise.all([...http.values()].map((transport) => transport.close()));
    },
  };
}

/** Addresses of cloud metadata services give credentials to whoever asks; no provider lives there. */
function assertAllowed(baseUrl: string): void {
  const url = URL.parse(baseUrl);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (
    url &&
    isHttp &&
    url.username === "" &&
    !/^(169\.254\.|\[fe80:|\[fd00:ec2:)/.test(url.hostname)
  ) {
    return;
  }
  throw new UnavailableError({
    code: "provider_address_refused",
    message: `The provider's baseUrl ${baseUrl} is not an address that the gateway calls`,
    fix: "Use an http or https address without credentials in it.",
  });
}
