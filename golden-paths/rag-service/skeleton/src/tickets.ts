/** A ticket proves that a question comes from this service's own page. The page asks by GET (see page.ts), and a GET can
 *  be started by any link on any site in the reader's name: without a ticket, nothing is asked and nothing is spent. */
export type Tickets = {
  issue(principal: string): Promise<string>;
  isValid(ticket: string, principal: string): Promise<boolean>;
};

const lifetimeMs = 60 * 60 * 1_000;

/** Tickets live as long as this process; after a restart the page asks for one more click. */
export async function createTickets(now: () => number): Promise<Tickets> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
  const textOf = (expires: string, principal: string) =>
    new TextEncoder().encode(JSON.stringify([expires, principal]));
  return {
    issue: async (principal) => {
      const expires = String(Math.round(now() + lifetimeMs));
      const signature = await crypto.subtle.sign("HMAC", key, textOf(expires, principal));
      return `${expires}.${toHex(new Uint8Array(signature))}`;
    },
    isValid: async (ticket, principal) => {
      const match = /^(\d{1,16})\.([0-9a-f]{64})$/.exec(ticket);
      const [, expires, hex] = match ?? [];
      if (!expires || !hex || Number(expires) < now()) return false;
      return crypto.subtle.verify("HMAC", key, fromHex(hex), textOf(expires, principal));
    },
  };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
