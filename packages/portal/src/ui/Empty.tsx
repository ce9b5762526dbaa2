import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type EmptyProps = {
  readonly icon: LucideIcon;
  /** What would be here. */
  readonly title: string;
  /** Why it is worth having. */
  readonly children: ReactNode;
  /** The one button that starts it. */
  readonly action?: ReactNode;
  /** The same from the command line. */
  readonly command?: string;
};

export function Empty({ icon: Icon, title, children, action, command }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-8 text-center">
      <Icon aria-hidden className="size-5 text-muted" />
      <p className="text-14 font-medium">{title}</p>
      <div className="max-w-md text-13 text-muted">{children}</div>
      {(action !== undefined || command !== undefined) && (
        <div className="mt-2 flex flex-wrap items-center justify-center gap-3">
          {action}
          {command !== undefined && (
            <code className="rounded-sm bg-sunken px-2 py-1 font-mono text-12">{command}</code>
          )}
        </div>
      )}
    </div>
  );
}
