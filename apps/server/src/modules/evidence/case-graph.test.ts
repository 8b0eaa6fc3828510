/**
 * The graph against what UCO 1.x and CASE 1.x say of the classes and properties it uses (their SHACL shapes: datatype, how
 * many, of what). No validator of theirs runs here: it is Python that fetches ontologies.
 */
import { expect, test } from 'vitest'
import { type CaseFacts, caseGraph } from './case-graph.ts'

type Value = string | number | boolean | { readonly [name: string]: Value } | readonly Value[]
type Node = Readonly<Record<string, Value>>

const object = 'object'
/** Of each class its properties: the datatype of a literal, `object` for a link to a UcoObject, a class for a part. */
const shapes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'uco-identity:Organization': { 'uco-core:name': 'xsd:string' },
  'uco-identity:Person': { 'uco-core:name': 'xsd:string' },
  'uco-observable:ObservableObject': { 'uco-core:name': 'xsd:string', 'uco-core:hasFacet': 'uco-core:Facet' },
  'uco-observable:DeviceFacet': {
    'uco-observable:deviceType': 'xsd:string',
    'uco-observable:serialNumber': 'xsd:string',
  },
  'uco-observable:FileFacet': {
    'uco-observable:fileName': 'xsd:string',
    'uco-observable:isDirectory': 'xsd:boolean',
    'uco-observable:sizeInBytes': 'xsd:integer',
  },
  'uco-observable:ContentDataFacet': {
    'uco-observable:hash': 'uco-types:Hash',
    'uco-observable:mimeType': 'xsd:string',
    'uco-observable:sizeInBytes': 'xsd:integer',
  },
  'uco-types:Hash': { 'uco-types:hashMethod': 'uco-vocabulary:HashNameVocab', 'uco-types:hashValue': 'xsd:hexBinary' },
  'case-investigation:ProvenanceRecord': {
    'case-investigation:exhibitNumber': 'xsd:string',
    'uco-core:object': object,
  },
  'case-investigation:InvestigativeAction': {
    'uco-core:name': 'xsd:string',
    'uco-core:description': 'xsd:string',
    'uco-action:startTime': 'xsd:dateTime',
    'uco-action:endTime': 'xsd:dateTime',
    'uco-action:performer': object,
    'uco-action:instrument': object,
    'uco-action:object': object,
    'uco-action:result': object,
  },
}
/** Everything else may be there once at most (sh:maxCount 1). */
const several = new Set([
  'uco-core:hasFacet',
  'uco-observable:hash',
  'uco-core:object',
  'uco-action:object',
  'uco-action:result',
])
const facets = new Set(['uco-observable:DeviceFacet', 'uco-observable:FileFacet', 'uco-observable:ContentDataFacet'])
// UCO asks that an identifier end in a UUID of RFC 9562.
const idPattern = /^kb:[a-z-]+-[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const literals: Readonly<Record<string, RegExp>> = {
  'xsd:hexBinary': /^(?:[0-9a-fA-F]{2})+$/,
  'xsd:dateTime': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  'uco-vocabulary:HashNameVocab': /^SHA256$/,
}

test('every node is of a documented class, with its documented properties, and every link leads to one', () => {
  const read = JSON.parse(new TextDecoder().decode(caseGraph(facts))) as {
    '@context': Record<string, string>
    '@graph': Node[]
  }
  const nodes = read['@graph']
  const ids = new Set<Value | undefined>()
  const check = (node: Node): void => {
    const { '@id': id, '@type': type, ...members } = node
    expect(id).toMatch(idPattern)
    expect(ids, `${id} twice`).not.toContain(id)
    ids.add(id)
    const shape = shapes[String(type)]
    expect(shape, String(type)).toBeDefined()
    for (const [name, value] of Object.entries(members)) {
      expect(read['@context'], name).toHaveProperty(name.split(':')[0] ?? '')
      const values = Array.isArray(value) ? value : [value]
      expect(values.length, name).toBeGreaterThan(0)
      expect(values.length === 1 || several.has(name), name).toBe(true)
      for (const one of values) {
        checkValue(one, shape?.[name] ?? `${name} is no property of ${type}`)
      }
    }
  }
  const checkValue = (value: Value, wanted: string): void => {
    const pattern = literals[wanted]
    if (wanted === object) {
      expect(Object.keys(value)).toEqual(['@id'])
      expect(nodes.map((node) => node['@id'])).toContain((value as Node)['@id'])
    } else if (pattern !== undefined) {
      expect(value).toEqual({ '@type': wanted, '@value': expect.stringMatching(pattern) })
    } else if (wanted === 'xsd:integer') {
      // A JSON number without a fraction is an xsd:integer (JSON-LD 1.1 §8.6).
      expect(Number.isSafeInteger(value)).toBe(true)
    } else if (wanted.startsWith('xsd:')) {
      expect(typeof value).toBe(wanted.slice(4))
    } else {
      const { '@type': type } = value as Node
      expect(wanted === 'uco-core:Facet' ? facets.has(String(type)) : type === wanted, String(type)).toBe(true)
      check(value as Node)
    }
  }
  nodes.forEach(check)
  const types = nodes.map((node) => node['@type'])
  expect(types.filter((type) => type === 'case-investigation:InvestigativeAction').length).toBe(5)
  for (const one of nodes.filter((node) => node['@type'] === 'case-investigation:InvestigativeAction')) {
    expect(one).toHaveProperty('uco-action:performer')
  }
})

test('the same facts give the same graph, byte for byte', () => {
  expect(caseGraph(facts)).toEqual(caseGraph(structuredClone(facts)))
})

const entry = (kind: string, who: string, allowed: boolean) =>
  ({
    id: `0190a1b2-0000-7000-8000-00000000000${who.length}`,
    kind,
    who,
    allowed,
    at: 1_790_000_100_000,
    purpose: 'case',
  }) as CaseFacts['entries'][number]

const facts: CaseFacts = {
  municipality: { id: '22222222-2222-4222-8222-222222222222', name: 'Distrito de prueba' },
  recording: {
    id: '44444444-4444-4444-8444-444444444444',
    code: 'R-0007',
    startedAt: 1_790_000_000_000,
    endedAt: 1_790_000_060_000,
  },
  device: { id: '33333333-3333-4333-8333-333333333333', code: 'B-01', simulated: true },
  officer: { id: '77777777-7777-4777-8777-777777777777', code: 'S-014' },
  manifest: { sha256: 'ab'.repeat(32), sizeBytes: 900, sealedAt: 1_790_000_070_000 },
  exporter: 'Custodia',
  purpose: 'case',
  madeAt: 1_790_000_200_000,
  entries: [
    entry('recording.viewed', 'Fiscal', true),
    entry('recording.viewed', 'Otra', false),
    entry('recording.sealed', 'x', true),
  ],
  files: [
    { name: 'media/init.mp4', sizeBytes: 40, sha256: 'cd'.repeat(32), mimeType: 'video/mp4' },
    { name: 'media/00000000.m4s', sizeBytes: 64, sha256: 'ef'.repeat(32), mimeType: 'video/iso.segment' },
  ],
}
