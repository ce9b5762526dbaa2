import { useEffect } from "react";

/** The name of the tab; most particular first, so that it is read when many are open. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Causeway`;
  }, [title]);
}
