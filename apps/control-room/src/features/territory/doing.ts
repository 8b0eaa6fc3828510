/** What is being done in a dialog above the page; a file may have been dropped on it. */
export type Doing = { readonly kind: 'import'; readonly file: File | null } | { readonly kind: 'publish' | 'versions' }
