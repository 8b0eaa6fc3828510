/** What a document is made of, see pdf.ts. */
export type PdfFact = { readonly label: string; readonly value: string }

/** Shares are of the width; they need not add up to anything. */
export type PdfColumn = { readonly title: string; readonly share: number }

export type PdfBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Stands out, with words and a border, never with colour alone. */
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly PdfFact[] }
  | { readonly kind: 'table'; readonly columns: readonly PdfColumn[]; readonly rows: readonly (readonly string[])[] }
  /** A value to be compared or copied: on a line of its own, without a break where it fits one (64 digits do). */
  | { readonly kind: 'hash'; readonly label: string; readonly value: string }
  /** Lines to sign on, with the name and the office below each. */
  | { readonly kind: 'signatures'; readonly signers: readonly PdfFact[] }
