import { serviceAnswer, type ServiceAnswer } from "@causeway/contract";
import { served } from "../paths.ts";
import { request } from "./client.ts";

/** Asks a question-answering service through the platform's ingress, as any caller would. */
export function askService(name: string, question: string): Promise<ServiceAnswer> {
  return request(serviceAnswer, `${served.service(name)}ask`, {
    method: "POST",
    body: { question },
  });
}
