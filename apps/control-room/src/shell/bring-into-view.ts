/** For a pane that opens under a long list on a phone: as a `ref`, it brings the pane into view when it appears. */
export function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}
