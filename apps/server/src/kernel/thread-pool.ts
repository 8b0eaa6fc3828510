/**
 * Imported first: libuv reads this once, when its threads are first needed. Four threads (the default) make sixteen
 * uploads wait for each other's fsync.
 */
process.env.UV_THREADPOOL_SIZE ??= '12'
