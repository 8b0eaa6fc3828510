// What Chrome on Android has and TypeScript's DOM library does not declare (or only for workers).
interface FileSystemSyncAccessHandle {
  read(buffer: Uint8Array<ArrayBuffer>, options?: { at?: number }): number
  write(buffer: Uint8Array<ArrayBuffer>, options?: { at?: number }): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}
interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>
}
interface FileSystemDirectoryHandle {
  keys(): AsyncIterableIterator<string>
}
/** Battery Status API. */
interface BatteryManager extends EventTarget {
  readonly charging: boolean
  readonly level: number
}
interface Navigator {
  getBattery?(): Promise<BatteryManager>
  readonly connection?: { readonly effectiveType?: string; readonly type?: string }
}
/** Ambient Light Sensor. */
declare class AmbientLightSensor extends EventTarget {
  constructor(options?: { frequency?: number })
  readonly illuminance: number | null
  start(): void
  stop(): void
}
