import type { Worded } from '@sereno/text'
import type { signInEs } from './text.es.ts'

export const signInEn = {
  title: 'Sign in',
  where: (name: string) => `Control room of ${name}`,
  name: 'Sign-in name',
  password: 'Password',
  code: 'Six-digit code',
  codeHint: 'It is in the app on your phone.',
  submit: 'Sign in',
  guestFictitious: 'A fictitious municipality for demonstration: people and facts do not exist.',
  guestReturn:
    'Enter with the passkey you saved on your device, or open the link you were given. If you have neither, ask whoever gave you the case for another.',
  guestTitle: 'Enter the shared case',
  guestBody: 'This link and its code each work once. What you look at and copy goes into the ledger, in your name.',
  guestCode: 'Eight-digit code',
  guestCodeHint: 'You were told it another way: by telephone, by letter or in person.',
  linkTitle: 'Sign in with a link',
  linkBody: 'This link works once and opens your session on this machine.',
  linkSubmit: 'Sign in with this link',
  linkOther: 'Sign in with a password',
  passkey: 'Sign in with a passkey',
  passkeyAt: 'With a passkey one signs in at',
  provider: (name: string) => `Sign in with ${name}`,
  providerBack: 'Checking your identity',
  every: 'Every sign-in and every look is in the ledger.',
  language: 'Español',
  fictitious: 'Fictitious demonstration municipality. Use one of the links the server printed when it started.',
} as const satisfies Worded<typeof signInEs>
