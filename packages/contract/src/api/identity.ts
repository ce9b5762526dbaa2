import { z } from "zod";

/** `GET /api/me` */
export const me = z.strictObject({
  principal: z.string(),
  displayName: z.string(),
  via: z.enum(["session", "token"]),
  isAdmin: z.boolean(),
  groups: z.array(z.string()),
});
export type Me = z.infer<typeof me>;
