/** `none` loses data in a crash of the machine: for tests only. */
export type Durability = "full" | "none";

/** Small (34 MB idle with six connections: proportional set sizes on Linux, 2026-11) and quiet. Passed on the command
 *  line, so that a release changes them without touching the data directory. */
export function serverArguments(options: {
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  readonly durability: Durability;
}): string[] {
  const settings: Record<string, string> = {
    // No network at all: the socket's directory is the only door.
    listen_addresses: "",
    unix_socket_directories: options.socketDirectory,
    unix_socket_permissions: "0700",
    max_connections: "80",
    shared_buffers: "32MB",
    work_mem: "8MB",
    maintenance_work_mem: "32MB",
    max_wal_size: "256MB",
    min_wal_size: "48MB",
    // Nothing replicates from it.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",
    checkpoint_timeout: "15min",
    // Our statements are short: compiling them costs more than it saves, and so do helper processes.
    jit: "off",
    max_parallel_workers_per_gather: "0",
    max_worker_processes: "4",
    autovacuum_max_workers: "2",
    io_method: "sync",
    huge_pages: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    ...(options.durability === "full"
      ? {}
      : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", options.dataDirectory, ...pairs];
}
