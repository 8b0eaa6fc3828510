/**
 * PostgreSQL's settings for a small machine: all of Sereno shall fit in 450 MB. `fsync` and `synchronous_commit` are never
 * given away: an acknowledged segment is on the disk.
 */
export const clusterSettings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: '64MB',
  huge_pages: 'off',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '512MB',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '4',
  autovacuum_max_workers: '2',
  max_wal_size: '512MB',
  min_wal_size: '80MB',
  checkpoint_timeout: '10min',
  wal_level: 'replica',
  max_wal_senders: '0',
  // While there is a folder `archive` in its own, PostgreSQL copies each finished piece of its log there (16 MiB, or what
  // there is after a minute), fsynced before it gets its name; without the folder it archives nothing. It needs no right
  // but to its own folder: sealing and carrying away is the server's (src/backup).
  archive_mode: 'on',
  archive_timeout: '60',
  archive_command:
    'test ! -d archive || test -f archive/%f || { cp %p archive/.%f && sync archive/.%f && mv archive/.%f archive/%f; }',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  lc_messages: 'C',
  // A file for each weekday, written over a week later: the log cannot fill the disk.
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  // Statements carry names and places of people.
  log_min_error_statement: 'panic',
}

export function settingsFile(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return `# Written by Sereno at each start. Put your own settings into own.conf beside this file.\n${lines.join('\n')}\ninclude_if_exists 'own.conf'\n`
}

/**
 * `peer`: the kernel tells PostgreSQL which account is at the other end of the socket, so there is no password to keep,
 * leak or restore. Only the account that runs Sereno may be either of the two roles; `trust` would let in anybody who
 * reaches the socket.
 */
export function hostBasedAuthentication(): string {
  return 'local all sereno peer map=sereno\nlocal all sereno_app peer map=sereno\n'
}

export function identityMap(operatingSystemUser: string): string {
  const user = `"${operatingSystemUser.replaceAll('"', '""')}"`
  return `sereno ${user} sereno\nsereno ${user} sereno_app\n`
}
