/** Chrome's own offer to put the page on the home screen; it comes once, if at all, and can be used once. */
export type Install = {
  /** Asks the officer; only from a touch. */
  readonly ask: () => Promise<void>
}

type BeforeInstallPrompt = Event & { readonly prompt: () => Promise<unknown> }

/** Keeps the offer until the officer wants it; tells when there is one and when it is spent. */
export function listenForInstall(onChange: (canInstall: boolean) => void): Install {
  let offer: BeforeInstallPrompt | null = null
  window.addEventListener('beforeinstallprompt', (event) => {
    // the browser's own bar would lie over the deck
    event.preventDefault()
    offer = event as BeforeInstallPrompt
    onChange(true)
  })
  window.addEventListener('appinstalled', () => {
    offer = null
    onChange(false)
  })
  return {
    ask: async () => {
      const known = offer
      offer = null
      onChange(false)
      await known?.prompt()
    },
  }
}
