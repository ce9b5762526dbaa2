import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { IconButton } from "./Button.tsx";
import { StatusIcon } from "./Status.tsx";

export type ToastMessage = {
  readonly kind: "succeeded" | "failed";
  readonly title: string;
  readonly detail?: string;
};
type Shown = ToastMessage & { readonly id: number };

const ToastContext = createContext<((message: ToastMessage) => void) | undefined>(undefined);

/** Tells the outcome of something done elsewhere on the page. Outside a provider it says nothing. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext) ?? ignore;
}

function ignore(): void {}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const show = useCallback((message: ToastMessage) => {
    setShown((before) => [...before.slice(-2), { ...message, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const hide = (id: number) => setShown((before) => before.filter((toast) => toast.id !== id));
  const value = useMemo(() => show, [show]);
  return (
    <ToastContext.Provider value={value}>
      <Radix.Provider swipeDirection="right" duration={6_000}>
        {children}
        {shown.map((toast) => (
          <Radix.Root
            key={toast.id}
            onOpenChange={(isOpen) => {
              if (!isOpen) hide(toast.id);
            }}
            type={toast.kind === "failed" ? "foreground" : "background"}
            className="flex animate-rise items-start gap-2 rounded-md bg-surface py-2 pr-1 pl-3 text-13 shadow-float"
          >
            <span className="pt-1.5">
              <StatusIcon kind={toast.kind} />
            </span>
            <div className="flex-1 py-1">
              <Radix.Title className="font-medium">{toast.title}</Radix.Title>
              {toast.detail !== undefined && (
                <Radix.Description className="text-muted">{toast.detail}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label="Dismiss" />
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed right-4 bottom-4 z-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 outline-none" />
      </Radix.Provider>
    </ToastContext.Provider>
  );
}
