/**
 * A package described for other tools: JSON-LD in the vocabularies of CASE and UCO (evidence format, section 8). Derived
 * from manifest, statements and entries, which hold where they differ. Same input, same bytes. Pure.
 */
import { hash } from 'node:crypto'
import type { CustodyEntry } from '@sereno/contracts'
import type { Static } from 'typebox'

type CustodyEntryView = Static<typeof CustodyEntry>

export type CaseFile = {
  /** Name of the member. */
  readonly name: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly mimeType: string
}

export type CaseFacts = {
  readonly municipality: { readonly id: string; readonly name: string }
  readonly recording: {
    readonly id: string
    readonly code: string
    readonly startedAt: number
    readonly endedAt: number
  }
  readonly device: { readonly id: string; readonly code: string; readonly simulated: boolean }
  readonly officer: { readonly id: string; readonly code: string } | null
  readonly manifest: { readonly sha256: string; readonly sizeBytes: number; readonly sealedAt: number }
  readonly exporter: string
  readonly purpose: string
  readonly madeAt: number
  readonly entries: readonly CustodyEntryView[]
  readonly files: readonly CaseFile[]
}

type Node = Readonly<Record<string, unknown>>
type Link = { readonly '@id': string }

const context = {
  'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
  kb: 'urn:sereno:',
  'uco-action': 'https://ontology.unifiedcyberontology.org/uco/action/',
  'uco-core': 'https://ontology.unifiedcyberontology.org/uco/core/',
  'uco-identity': 'https://ontology.unifiedcyberontology.org/uco/identity/',
  'uco-observable': 'https://ontology.unifiedcyberontology.org/uco/observable/',
  'uco-types': 'https://ontology.unifiedcyberontology.org/uco/types/',
  'uco-vocabulary': 'https://ontology.unifiedcyberontology.org/uco/vocabulary/',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const

const lookKinds: ReadonlySet<string> = new Set(['recording.viewed', 'recording.exported', 'recording.shared'])

export function caseGraph(facts: CaseFacts): Uint8Array {
  const files = facts.files.map((file) => fileNode(facts, file))
  const manifest = fileNode(facts, {
    name: 'manifest.json',
    sizeBytes: facts.manifest.sizeBytes,
    sha256: facts.manifest.sha256,
    mimeType: 'application/json',
  })
  const municipality = node('organization', facts.municipality.id, 'uco-identity:Organization', {
    'uco-core:name': facts.municipality.name,
  })
  const device = deviceNode(facts)
  const officer =
    facts.officer === null
      ? null
      : node('person', facts.officer.id, 'uco-identity:Person', { 'uco-core:name': facts.officer.code })
  const recorded = provenance(facts, 'recording', facts.recording.code, files)
  const copied = provenance(facts, 'package', `${facts.recording.code} (paquete)`, [...files, manifest])
  const people = [...new Set([facts.exporter, ...looksOf(facts).map(({ who }) => who)])].map((name) =>
    node('person', `${facts.recording.id}/${name}`, 'uco-identity:Person', { 'uco-core:name': name }),
  )
  const graph: readonly Node[] = [
    municipality,
    device,
    ...(officer === null ? [] : [officer]),
    ...people,
    ...files,
    manifest,
    recorded,
    copied,
    action(facts, 'capture', 'Captura', {
      startedAt: facts.recording.startedAt,
      endedAt: facts.recording.endedAt,
      performer: link(officer ?? municipality),
      instrument: link(device),
      result: [link(recorded)],
    }),
    action(facts, 'seal', 'Sellado', {
      startedAt: facts.manifest.sealedAt,
      endedAt: facts.manifest.sealedAt,
      performer: link(municipality),
      instrument: null,
      result: [link(manifest)],
    }),
    ...looksOf(facts).map((entry) => lookAction(facts, entry, recorded)),
    action(facts, 'export', 'Copia', {
      startedAt: facts.madeAt,
      endedAt: facts.madeAt,
      performer: link(node('person', `${facts.recording.id}/${facts.exporter}`, '', {})),
      instrument: null,
      result: [link(copied)],
      description: facts.purpose,
    }),
  ]
  return new TextEncoder().encode(`${JSON.stringify({ '@context': context, '@graph': graph }, null, 1)}\n`)
}

function looksOf({ entries }: CaseFacts): readonly CustodyEntryView[] {
  return entries.filter(({ kind }) => lookKinds.has(kind))
}

function lookAction(facts: CaseFacts, entry: CustodyEntryView, recorded: Node): Node {
  return action(facts, `look/${entry.id}`, entry.allowed ? 'Consulta' : 'Consulta negada', {
    startedAt: entry.at,
    endedAt: entry.at,
    performer: link(node('person', `${facts.recording.id}/${entry.who}`, '', {})),
    instrument: null,
    object: [link(recorded)],
    result: [],
    description: `${entry.kind} ${entry.purpose ?? ''}`.trim(),
  })
}

function action(
  facts: CaseFacts,
  about: string,
  name: string,
  done: {
    readonly startedAt: number
    readonly endedAt: number
    readonly performer: Link
    readonly instrument: Link | null
    readonly object?: readonly Link[]
    readonly result: readonly Link[]
    readonly description?: string
  },
): Node {
  return node('action', `${facts.recording.id}/${about}`, 'case-investigation:InvestigativeAction', {
    'uco-core:name': name,
    ...(done.description === undefined ? {} : { 'uco-core:description': done.description }),
    'uco-action:startTime': instant(done.startedAt),
    'uco-action:endTime': instant(done.endedAt),
    'uco-action:performer': done.performer,
    ...(done.instrument === null ? {} : { 'uco-action:instrument': done.instrument }),
    ...(done.object === undefined ? {} : { 'uco-action:object': done.object }),
    ...(done.result.length === 0 ? {} : { 'uco-action:result': done.result }),
  })
}

function provenance(facts: CaseFacts, about: string, exhibit: string, objects: readonly Node[]): Node {
  return node('provenance-record', `${facts.recording.id}/${about}`, 'case-investigation:ProvenanceRecord', {
    'case-investigation:exhibitNumber': exhibit,
    'uco-core:object': objects.map(link),
  })
}

function deviceNode({ device }: CaseFacts): Node {
  const facet = node('device-facet', device.id, 'uco-observable:DeviceFacet', {
    'uco-observable:deviceType': device.simulated ? 'body camera (SIMULATED)' : 'body camera',
    'uco-observable:serialNumber': device.id,
  })
  return node('device', device.id, 'uco-observable:ObservableObject', {
    'uco-core:name': device.code,
    'uco-core:hasFacet': [facet],
  })
}

function fileNode({ recording }: CaseFacts, { name, sizeBytes, sha256, mimeType }: CaseFile): Node {
  const key = `${recording.id}/${name}/${sha256}`
  const digest = node('hash', key, 'uco-types:Hash', {
    'uco-types:hashMethod': { '@type': 'uco-vocabulary:HashNameVocab', '@value': 'SHA256' },
    // The literal carries its type and its value, and nothing else.
    'uco-types:hashValue': { '@type': 'xsd:hexBinary', '@value': sha256 },
  })
  const file = node('file-facet', key, 'uco-observable:FileFacet', {
    'uco-observable:fileName': name,
    'uco-observable:isDirectory': false,
    'uco-observable:sizeInBytes': sizeBytes,
  })
  const content = node('content-data-facet', key, 'uco-observable:ContentDataFacet', {
    'uco-observable:hash': [digest],
    'uco-observable:mimeType': mimeType,
    'uco-observable:sizeInBytes': sizeBytes,
  })
  return node('file', key, 'uco-observable:ObservableObject', { 'uco-core:hasFacet': [file, content] })
}

function instant(at: number): Node {
  return { '@type': 'xsd:dateTime', '@value': new Date(at).toISOString() }
}

function link(about: Node): Link {
  return { '@id': String(about['@id']) }
}

// A UUID of version 8 (RFC 9562 §5.8) made from what the node is about, so that the same package gives the same graph.
function node(kind: string, about: string, type: string, members: Node): Node {
  const digest = hash('sha256', `${kind}\n${about}`)
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 3) | 8).toString(16)
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
  return { '@id': `kb:${kind}-${id}`, '@type': type, ...members }
}
