/** `title` says what happened; `next` says what to do now. Both are whole sentences for the person who reads them. */
export type RefusalWords = { readonly title: string; readonly next: string }
