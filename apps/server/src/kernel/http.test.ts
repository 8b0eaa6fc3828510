import type { Operations } from '@sereno/contracts'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestInstallation } from '../test-kit/index.ts'
import { Refusal, Unavailable } from './errors.ts'
import { routes } from './http.ts'
import { readBody } from './http-body.ts'

const operations = {
  'GET /things/:id': {
    access: 'unit.read',
    summary: 'A thing',
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      all: Type.Optional(Type.Boolean()),
      text: Type.Optional(Type.String()),
    }),
    reply: Type.Object({ id: Type.String(), seen: Type.Unknown() }),
  },
  'POST /things': {
    access: 'public',
    summary: 'Make a thing',
    body: Type.Object({ name: Type.String({ minLength: 1 }) }),
    reply: Type.Object({ name: Type.String() }),
  },
  'PUT /things': {
    access: 'public',
    summary: 'Bytes',
    body: 'stream',
    reply: Type.Object({ sizeBytes: Type.Integer() }),
  },
  'GET /things': { access: 'public', summary: 'Bytes out', reply: 'stream' },
  'POST /fail': { access: 'public', summary: 'Fails', reply: Type.Object({}) },
  'POST /away': { access: 'public', summary: 'Fails', reply: Type.Object({}) },
  'POST /refuse': { access: 'device', summary: 'Refuses', reply: Type.Object({}) },
} as const satisfies Operations

const shared = { name: 'kept', secret: 'never leaves' }
const start = () =>
  startTestInstallation({
    migrations: [],
    compose: () => ({
      authenticate: async (request) => {
        const kind = request.headers.authorization
        return kind === 'person' || kind === 'device'
          ? { kind, id: 'x', municipality: 'm', name: 'X', roles: [], officer: null, session: null, device: null }
          : null
      },
      permits: (actor) => actor.kind === 'person',
      routes: [
        routes(operations, {
          'GET /things/:id': async ({ params, query }) => ({ id: params.id, seen: query }),
          'POST /things': async ({ body }) => (body.name === 'shared' ? shared : { ...body, more: 1 }),
          'PUT /things': async ({ request }) => ({
            sizeBytes: (await readBody(request.raw, { limitBytes: 1000, timeoutMs: 5000 })).length,
          }),
          'GET /things': async ({ reply }) => reply.type('text/plain').send('bytes'),
          'POST /fail': async () => {
            throw new Error('secret cause')
          },
          'POST /away': async () => {
            throw new Unavailable('signer')
          },
          'POST /refuse': async () => {
            throw new Refusal('device.revoked', { code: 'BC-1' })
          },
        }),
      ],
    }),
  })

let house: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  house = await start()
})
afterAll(() => house.close())

const id = '0190a000-0000-7000-8000-000000000000'
const person = { authorization: 'person' }

test('texts of the address become the declared types', async () => {
  const reply = await house.app.inject({ url: `/api/things/${id}?limit=12&all=true&text=7`, headers: person })
  expect(reply.json()).toEqual({ id, seen: { limit: 12, all: true, text: '7' } })
})

test.each([
  [`/api/things/${id}?limit=none`, 'query/limit'],
  [`/api/things/${id}?limit=0`, 'query/limit'],
  [`/api/things/nonsense`, 'params/id'],
])('what is not declared so is refused: %s', async (url, where) => {
  const reply = await house.app.inject({ url, headers: person })
  expect(reply.statusCode).toBe(400)
  expect(reply.headers['content-type']).toContain('application/problem+json')
  expect(reply.json()).toMatchObject({ status: 400, code: 'request.invalid', details: { where } })
})

test('access: nobody, somebody without the permission, a device', async () => {
  const nobody = await house.app.inject({ url: `/api/things/${id}` })
  expect([nobody.statusCode, nobody.json().code]).toEqual([401, 'access.not-signed-in'])
  const device = await house.app.inject({ url: `/api/things/${id}`, headers: { authorization: 'device' } })
  expect([device.statusCode, device.json().code]).toEqual([403, 'access.denied'])
  const wrongKind = await house.app.inject({ method: 'POST', url: '/api/refuse', headers: person })
  expect(wrongKind.json().code).toBe('access.not-signed-in')
  const refused = await house.app.inject({ method: 'POST', url: '/api/refuse', headers: { authorization: 'device' } })
  expect([refused.statusCode, refused.json().details]).toEqual([403, { code: 'BC-1' }])
})

test('undeclared fields never leave, and the handler’s object is left alone', async () => {
  const reply = await house.app.inject({ method: 'POST', url: '/api/things', payload: { name: 'shared' } })
  expect(reply.json()).toEqual({ name: 'kept' })
  expect(shared.secret).toBe('never leaves')
})

test('a bug answers an id and nothing else; a failed collaborator asks to try again', async () => {
  const bug = await house.app.inject({ method: 'POST', url: '/api/fail' })
  expect(bug.statusCode).toBe(500)
  expect(bug.body).not.toContain('secret cause')
  expect(bug.json().id).toMatch(/^[0-9a-f-]{36}$/)
  const away = await house.app.inject({ method: 'POST', url: '/api/away' })
  expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '2'])
})

test('bodies: broken JSON, none, another type, too large', async () => {
  const post = (payload: string, type = 'application/json') =>
    house.app.inject({ method: 'POST', url: '/api/things', payload, headers: { 'content-type': type } })
  expect((await post('{"name":')).json().code).toBe('request.invalid')
  expect((await post('')).json().code).toBe('request.invalid')
  expect((await post('name=x', 'application/x-www-form-urlencoded')).json().code).toBe('request.invalid')
  expect((await post(`{"name":"${'x'.repeat(1024 * 1024)}"}`)).json().code).toBe('request.too-large')
})

test('a stream is counted while it arrives', async () => {
  const put = (size: number) =>
    house.app.inject({
      method: 'PUT',
      url: '/api/things',
      payload: Buffer.alloc(size),
      headers: { 'content-type': 'application/octet-stream' },
    })
  expect((await put(1000)).json()).toEqual({ sizeBytes: 1000 })
  expect((await put(1001)).statusCode).toBe(413)
  expect((await house.app.inject({ url: '/api/things' })).body).toBe('bytes')
})

test('a change asked for by another origin is refused', async () => {
  const from = (headers: Record<string, string>) =>
    house.app.inject({ method: 'POST', url: '/api/things', payload: { name: 'a' }, headers })
  expect((await from({ origin: 'https://evil.example', host: 'localhost' })).json().code).toBe('access.origin')
  expect((await from({ 'sec-fetch-site': 'cross-site' })).json().code).toBe('access.origin')
  expect((await from({ origin: 'http://localhost:81', host: 'localhost:81' })).statusCode).toBe(200)
})
