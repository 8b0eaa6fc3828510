/** What the terminal says. Spanish is the source; English satisfies its type. */
const spanish = {
  preparing: 'Preparando Sereno (base de datos, aplicaciones web): la primera vez tarda unos segundos…',
  building: 'Construyendo las aplicaciones web…',
  ready: (version: string, url: string) => `Sereno ${version} · ${url}`,
  fictitious: 'Demostración: municipio, personas y hechos FICTICIOS. Enlaces de un solo uso:',
  setUp: 'Instalación nueva. Abra este enlace, de un solo uso, para configurarla:',
  ledgerStopped:
    'ALTO: la base de datos es anterior a lo último que se firmó. Solo se puede leer. Deténgalo y use: npx --no-install sereno recover',
  restored:
    'Restaurada de una copia: quedó asentado en el libro. Compare el punto de control con el último que guardaron otros.',
  noLinksOnLan: 'Demostración en la red local: sin enlaces de ingreso (se piden con --demo-lan).',
  certificate: (fingerprint: string, file: string) => `Autoridad local ${file}\n  SHA-256 ${fingerprint}`,
  stopping: 'Deteniendo…',
  stopped: 'Detenido. No se perdió nada.',
  portTaken: (port: number) => `El puerto ${port} está ocupado. Elija otro: npm start -- --port N`,
  signerAway:
    'El firmante no responde: sin él no se firma ni se abre nada. Si Sereno está en marcha, espere unos segundos y repita; si no vuelve, reinícielo y lea logs/server.log.',
  unavailable: (what: string) =>
    `No responde: ${what}. Espere unos segundos y repita; si no vuelve, reinicie Sereno y lea logs/server.log.`,
  migrate: (count: number) =>
    `Esta versión cambia la base de datos (${count} pasos). Haga antes una copia: npx --no-install sereno backup --to ARCHIVO\nDespués inicie con --migrate.`,
  askMigrate: (count: number) => `Esta versión cambia la base de datos (${count} pasos). ¿Ya hizo una copia? [s/N] `,
  yes: /^(s|si|sí|y|yes)$/i,
  passphrase: 'Frase de paso: ',
  passphraseAgain: 'Otra vez: ',
  keyPassphrase: 'Frase de paso de las llaves: ',
}

const english: typeof spanish = {
  preparing: 'Preparing Sereno (database, web applications): the first time takes some seconds…',
  building: 'Building the web applications…',
  ready: (version, url) => `Sereno ${version} · ${url}`,
  fictitious: 'Demonstration: municipality, people and events are FICTITIOUS. One-time links:',
  setUp: 'New installation. Open this one-use link to set it up:',
  ledgerStopped:
    'STOP: the database is older than what was last signed. Reading only. Stop it and give: npx --no-install sereno recover',
  restored:
    'Restored from a backup: it is entered in the ledger. Compare the checkpoint with the newest that others kept.',
  noLinksOnLan: 'Demonstration on the local network: no sign-in links (ask with --demo-lan).',
  certificate: (fingerprint, file) => `Local authority ${file}\n  SHA-256 ${fingerprint}`,
  stopping: 'Stopping…',
  stopped: 'Stopped. Nothing was lost.',
  portTaken: (port) => `Port ${port} is taken. Choose another: npm start -- --port N`,
  signerAway:
    'The signer does not answer: without it nothing is signed or opened. If Sereno is running, wait some seconds and try again; if it stays away, restart Sereno and read logs/server.log.',
  unavailable: (what) =>
    `No answer: ${what}. Wait some seconds and try again; if it stays away, restart Sereno and read logs/server.log.`,
  migrate: (count) =>
    `This version changes the database (${count} steps). Back up first: npx --no-install sereno backup --to FILE\nThen start with --migrate.`,
  askMigrate: (count) => `This version changes the database (${count} steps). Have you made a backup? [y/N] `,
  yes: /^(s|si|sí|y|yes)$/i,
  passphrase: 'Passphrase: ',
  passphraseAgain: 'Again: ',
  keyPassphrase: 'Passphrase of the keys: ',
}

export type ConsoleText = typeof spanish

/** By the terminal's own language: English where it is set to English, Spanish everywhere else. */
export function consoleText(environment: Readonly<Record<string, string | undefined>>): ConsoleText {
  const language = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return language.startsWith('en') ? english : spanish
}
