import type { ErrorComponentProps } from "@tanstack/react-router";
import { problemOf } from "../../api/client.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";

/** A page that broke says so; the frame around it goes on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <ErrorState problem={problemOf(error)} onRetry={reset} />;
}
