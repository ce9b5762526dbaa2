import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/Page.tsx";
import { SkeletonLines } from "../ui/Skeleton.tsx";

export type LoadedProps<Data> = {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  readonly skeleton?: ReactNode;
  /** Of a whole page that waits for this: it keeps a heading when there is nothing else to show. */
  readonly title?: string;
  readonly children: (data: Data) => ReactNode;
};

/** The three states of what comes from the server. What was read once stays in sight when a refresh fails. */
export function Loaded<Data>({ query, skeleton, title, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <>
        {title !== undefined && <PageHeader title={title} />}
        <ErrorState problem={problemOf(query.error)} onRetry={() => void query.refetch()} />
      </>
    );
  }
  return skeleton ?? <SkeletonLines />;
}
