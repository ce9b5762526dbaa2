/** Everything the service is told from outside, read once at its start. */
export type Settings = {
  readonly service: string;
  /** Origin of the gateway: model calls, prompts and vector stores, all under one key. */
  readonly gatewayUrl: string;
  readonly key: string;
  readonly prompt: string;
  readonly vectorStore: string;
};

const names = {
  service: "CAUSEWAY_SERVICE",
  gatewayUrl: "CAUSEWAY_GATEWAY_URL",
  key: "CAUSEWAY_KEY",
  prompt: "PROMPT",
  vectorStore: "VECTOR_STORE",
} as const;

export function readSettings(read: (name: string) => string | undefined): Settings {
  const missing: string[] = [];
  const get = (name: string): string => {
    const value = read(name);
    if (!value) missing.push(name);
    return value ?? "";
  };
  const settings = {
    service: get(names.service),
    gatewayUrl: get(names.gatewayUrl),
    key: get(names.key),
    prompt: get(names.prompt),
    vectorStore: get(names.vectorStore),
  };
  if (missing.length === 0) return settings;
  throw new Error(
    `Missing in the environment: ${missing.join(", ")}. The platform sets CAUSEWAY_*; the others stand in causeway.service.yaml.`,
  );
}
