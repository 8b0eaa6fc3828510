/**
 * What modules tell those to their right. Written to the outbox in the transaction of the change itself, delivered
 * at least once. Payloads name things by id; a listener reads the rest.
 */
export type EventMap = {
  readonly 'device.enrolled': { readonly device: string; readonly simulated: boolean }
  readonly 'device.issued': { readonly device: string; readonly officer: string; readonly shift: string }
  readonly 'device.returned': { readonly device: string; readonly shift: string }
  readonly 'device.revoked': { readonly device: string; readonly reason: string }
  readonly 'device.health': {
    readonly device: string
    readonly concern: 'battery' | 'storage' | 'clock' | 'stuck-segment' | 'none'
    readonly detail: string
  }
  readonly 'shift.started': { readonly shift: string; readonly device: string; readonly officer: string }
  readonly 'recording.started': { readonly recording: string; readonly device: string; readonly officer: string | null }
  readonly 'recording.stopped': { readonly recording: string; readonly device: string; readonly reason: string }
  readonly 'recording.gap': {
    readonly recording: string
    readonly device: string
    readonly sequence: number
    readonly reason: string
  }
  readonly 'recording.quarantined': { readonly recording: string; readonly code: string }
  readonly 'recording.sealed': { readonly recording: string; readonly manifestSha256: string }
  readonly 'recording.categorised': { readonly recording: string }
  /** Its key is gone; whoever keeps something beside it lets go of that too. */
  readonly 'recording.destroyed': { readonly recording: string }
  readonly 'watch.opened': { readonly watch: string; readonly device: string; readonly account: string }
  readonly 'watch.closed': { readonly watch: string; readonly device: string; readonly account: string }
  /** `device` and `kind` let live mark the unit and open its leg (SOS), without knowing the alarms' tables. */
  readonly 'alarm.raised': { readonly alarm: string; readonly kind?: string; readonly device?: string | null }
  readonly 'alarm.acknowledged': { readonly alarm: string }
  readonly 'alarm.closed': { readonly alarm: string }
}
export type EventName = keyof EventMap
