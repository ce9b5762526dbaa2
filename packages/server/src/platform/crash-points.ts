/** A named place where a fault test may end the process. Nothing happens until a test installs a plan. */
export type CrashPoint = (name: string) => void;

export const noCrashPoint: CrashPoint = () => {};

/** `"<name>#<n>"` kills this process (SIGKILL: no handler, no flush) when `name` is reached the n-th time.
 *  `"record:<file>"` appends every name reached to the file instead, for a test to learn the list. */
export function crashPointFrom(
  setting: string | undefined,
  actions: { readonly kill: () => void; readonly record: (file: string, name: string) => void },
): CrashPoint {
  if (!setting) return noCrashPoint;
  if (setting.startsWith("record:")) {
    const file = setting.slice("record:".length);
    return (name) => actions.record(file, name);
  }
  const [target, count = "1"] = setting.split("#");
  let left = Number(count);
  return (name) => {
    if (name !== target) return;
    left -= 1;
    if (left === 0) actions.kill();
  };
}
