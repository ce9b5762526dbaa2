import { findEntityPath } from "../paths.ts";
import { Ref } from "../ui/Ref.tsx";

/** A ref that leads to its page, where it is one. */
export function EntityLink({ value }: { readonly value: string }) {
  return <Ref value={value} href={findEntityPath(value)} />;
}
