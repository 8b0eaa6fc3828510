import type { Language } from '@sereno/text'

const es = {
  title: 'Verificar evidencia',
  lead: 'Compruebe un paquete de evidencia en esta misma máquina. Nada se envía: puede cortar la red antes de empezar.',
  drop: 'Suelte aquí el paquete (.zip), o un clip o imagen (.mp4, .png) con su procedencia (.json), y, si lo tiene, el archivo de confianza (trust.json)',
  choose: 'Elegir archivos',
  package: 'Archivo',
  lineage: 'Procedencia',
  lineageMissing: 'Falta la procedencia del clip o de la imagen: suelte también su archivo .json.',
  trust: 'Archivo de confianza',
  noTrust: 'sin archivo de confianza: se dirá si es coherente, no de quién es',
  working: (name: string) => `Comprobando ${name}`,
  done: (done: string, total: string) => `${done} de ${total}`,
  cancel: 'Cancelar',
  cancelled: 'Cancelado. Suelte el paquete otra vez para empezar de nuevo.',
  unreadable: {
    package: 'El archivo no se pudo leer hasta el final. Cópielo de nuevo y repita.',
    trust: 'El archivo de confianza no se puede leer. Pida otra copia a quien se lo dio.',
  },
  checks: 'Qué se comprobó',
  facts: {
    recording: 'Grabación',
    device: 'Equipo',
    officer: 'Agente',
    time: 'Hora, según la cámara',
    missing: 'Tiempo que falta',
    manifest: 'Huella del manifiesto',
    none: 'a nadie',
    nothing: 'nada',
  },
  limits:
    'Qué prueba: qué clave firmó qué bytes, y entre qué puntos del libro. Qué no: que la lente vio la verdad, ni dónde estaba.',
  itself:
    'Compare la huella SHA-256 de este archivo, verify.html, con la de su publicación oficial antes de confiar en él. Una copia que vino dentro de un paquete es solo una comodidad.',
  language: 'English',
}

export type Words = typeof es

const en: Words = {
  title: 'Verify evidence',
  lead: 'Check an evidence package on this very machine. Nothing is sent: you can unplug the network before you begin.',
  drop: 'Drop the package (.zip) here, or a clip or picture (.mp4, .png) with its lineage (.json), and, if you have it, the trust file (trust.json)',
  choose: 'Choose files',
  package: 'File',
  lineage: 'Lineage',
  lineageMissing: 'The lineage of the clip or picture is missing: drop its .json file too.',
  trust: 'Trust file',
  noTrust: 'no trust file: it will say whether it is consistent, not whose it is',
  working: (name) => `Checking ${name}`,
  done: (done, total) => `${done} of ${total}`,
  cancel: 'Cancel',
  cancelled: 'Cancelled. Drop the package again to start over.',
  unreadable: {
    package: 'The file could not be read to its end. Copy it again and repeat.',
    trust: 'The trust file cannot be read. Ask whoever gave it to you for another copy.',
  },
  checks: 'What was checked',
  facts: {
    recording: 'Recording',
    device: 'Device',
    officer: 'Officer',
    time: 'Time, by the camera',
    missing: 'Time missing',
    manifest: 'Hash of the manifest',
    none: 'nobody',
    nothing: 'none',
  },
  limits:
    'What it proves: which key signed which bytes, between which points of the ledger. What it does not: that the lens saw the truth, nor where it was.',
  itself:
    'Compare the SHA-256 of this file, verify.html, with that of its official release before trusting it. A copy that came inside a package is convenience only.',
  language: 'Español',
}

export function wordsOf(language: Language): Words {
  return language === 'es' ? es : en
}
