import { z } from "zod";
import { request } from "./client.ts";

export function requestSignOut(): Promise<unknown> {
  return request(z.unknown(), "/api/sign-out", { method: "POST" });
}
