import { followLog, judgeCheckpoint, nodesOfTiles, rootAt, type Tile, tilePath } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../test-kit/index.ts'
import { ledgerMigrations } from './index.ts'
import { findings, type House, openHouse, verified } from './ledger.test-kit.ts'
import { sereno, servePublicLog } from './outside.test-kit.ts'

let house: House
let log: Awaited<ReturnType<typeof servePublicLog>>
beforeAll(async () => {
  house = await openHouse([ledgerMigrations])
  house.clock.jumpTo(Date.now())
  for (let place = 0; place < 300; place += 1) {
    await house.append({ subjects: [`recording:r${place % 3}`] })
  }
  await house.ledger.flush()
  log = await servePublicLog(() => house.ledger)
})
afterAll(async () => {
  await log.close()
  await house.close()
})

test('a log goes on under new keys: first its predecessor’s end, then every leaf; the old one stays, closed for ever', {
  timeout: 60_000,
}, async () => {
  const { ledger, scope, signer } = house
  const [mirrors, witnesses] = [temporaryFolder('mirror'), temporaryFolder('witness')]
  const follow = () => sereno('mirror', log.url, '--folder', mirrors, '--once', '--en')
  const attest = () => sereno('witness', '--log', log.url, '--folder', witnesses, '--name', 'w', '--once', '--en')
  expect(await follow()).toMatchObject({ exitCode: 0 })
  expect((await attest()).output).toContain('does not have the keys of this witness')
  const before = { origin: ledger.originUuid, vkey: await ledger.vkey(), trusted: await ledger.trusted() }
  const oldProofs = await ledger.proofsOf(scope, 'recording:r1')
  const origin = await ledger.continueLog()
  expect(origin).not.toBe(before.origin)
  expect(ledger.originUuid).toBe(origin)
  expect(await ledger.vkey()).not.toBe(before.vkey)

  // Everything is proved as before, one place later, by the new key.
  const proofs = await ledger.proofsOf(scope, 'recording:r1')
  expect(proofs.map(({ index }) => index)).toEqual(oldProofs.map(({ index }) => index + 1))
  expect((await verified(ledger, proofs[0]!.checkpoint)).origin).toBe(origin)
  const entry = await house.append({})
  await ledger.flush()
  expect(await ledger.witnessed(entry.id)).toBe(true)
  expect(await findings(ledger)).toEqual([])

  // Its first entry commits to where the old one ended, the old one's last entry names the new keys.
  const [continued, closed] = await ledger.entriesOf(scope, `log:${before.origin}`)
  const trusted = await ledger.trusted()
  expect(trusted.previousLogs).toMatchObject([{ origin: before.origin, keys: before.trusted.log.keys.toSorted() }])
  const [end] = trusted.previousLogs ?? []
  expect(continued).toMatchObject({
    kind: 'ledger.continued',
    index: 0,
    details: { previousOrigin: before.origin, previousSize: String(end?.size), previousRoot: end?.root },
  })
  expect(closed).toMatchObject({
    kind: 'ledger.closed',
    index: end?.size,
    details: { nextOrigin: origin, nextKeys: trusted.log.keys.join(' ') },
  })

  // Whoever holds an old package or an old trust file goes on with it; the old log is still there.
  const oldNote = await (await fetch(`${log.url}/log/of/${before.origin}/checkpoint`)).text()
  expect((await judgeCheckpoint(oldNote, before.trusted)).ok).toBe(true)
  const judged = await judgeCheckpoint(oldNote, trusted)
  expect(judged.ok && judged.value.isPrevious).toBe(true)
  const packed = await judgeCheckpoint(oldProofs[0]!.checkpoint, trusted)
  expect(packed.ok).toBe(true)
  expect((await fetch(`${log.url}/log/of/${before.origin}/tile/entries/000`)).status).toBe(200)
  const last = await signer.lastCheckpoint(before.origin)
  const behind = { origin: before.origin, size: last!.size, root: last!.root, consistency: [] }
  await expect(signer.signCheckpoint(behind)).rejects.toMatchObject({ code: 'signer.invalid' })

  // Auditors and witnesses follow by themselves: the old log's own last entry tells them where.
  expect(await follow()).toEqual({ exitCode: 0, output: expect.stringContaining(`goes on as ${origin}`) })
  expect((await attest()).output).toContain(`goes on as ${origin}`)
  expect((await attest()).output).toContain(`Log ${origin}`)

  // And once more: a phone that was away follows both, over HTTP, by the key that it pinned.
  const seen = {
    size: 100,
    root: await rootAt(
      nodesOfTiles(end?.size ?? 0, (tile) => oldTile(log.url, before.origin, tile)),
      100,
    ),
  }
  const again = await ledger.continueLog()
  await ledger.flush()
  const read = async (origin: string, what: string): Promise<string | null> => {
    const answer = await fetch(`${log.url}/log/of/${origin}/${what}.json`)
    return answer.ok ? answer.text() : null
  }
  const reader = {
    continuation: (of: string) => read(of, 'continuation'),
    beginning: (of: string) => read(of, 'beginning'),
    tile: (of: string, tile: Tile) => oldTile(log.url, of, tile),
  }
  const pinned = { origin: before.origin, keys: [before.vkey], seen }
  const followed = await followLog(pinned, again, reader)
  expect(followed).toMatchObject({ ok: true, value: { origin: again, keys: (await ledger.trusted()).log.keys } })
  const rewritten = await followLog({ ...pinned, seen: { size: 100, root: new Uint8Array(32) } }, again, reader)
  expect(rewritten).toEqual({ ok: false, code: 'log-rewritten' })
  expect(await read(before.origin, 'beginning')).toBeNull()
  expect(await read(again, 'continuation')).toBeNull()
  expect((await ledger.trusted()).previousLogs?.length).toBe(2)
  expect(await findings(ledger)).toEqual([])
  const started = house.newLedger()
  await started.start()
  expect((await started.status()).state).toBe('following')
})

async function oldTile(url: string, origin: string, tile: Tile): Promise<Uint8Array> {
  const answer = await fetch(`${url}/log/of/${origin}/${tilePath(tile)}`)
  expect(answer.status).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}
