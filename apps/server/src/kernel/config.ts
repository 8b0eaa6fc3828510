/** What the installation was told, or remembers about itself. Made by `src/config.ts`; read-only for everybody else. */
export type Config = {
  /** Absolute path of the data folder. */
  readonly dataFolder: string
  /** The installation's own UUID, made with the data folder; named in statements and trust files. */
  readonly installation: string
  readonly version: string
  /** The fictitious demonstration municipality. Simulated devices are refused elsewhere. */
  readonly demonstration: boolean
  /** Served to the local network: one-time links of the demonstration are refused unless asked for. */
  readonly lan: boolean
  /** Cookies carry `Secure`: true with HTTPS or behind a proxy that ends it. */
  readonly secure: boolean
  /** The web address people use, without a slash at its end, e.g. `http://localhost:8420`. Known once the server listens. */
  readonly origin: () => string
  readonly map: { readonly styleUrl: string | null; readonly pmtilesUrl: string | null }
}
