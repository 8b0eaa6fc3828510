import { createHash, webcrypto, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A certificate for the local network, by an authority that lives in the data folder and is trusted by hand. */
export type LanCertificate = {
  readonly key: string
  readonly cert: string
  /** The authority's certificate, PEM: what phones are given. */
  readonly ca: string
  readonly caFile: string
  /** SHA-256 of the authority's certificate, in groups to be read aloud. */
  readonly fingerprint: string
  /** What to put into web addresses: the first address of this machine on the network. */
  readonly name: string
}

type Names = { readonly dns: readonly string[]; readonly ip: readonly string[] }
/** What the authority may name; `ip` in CIDR. */
type Permitted = Names

// Trusted by hand, it must be worthless for anything but this machine: RFC 5280 §4.2.1.10. Private networks and `.local`
// stay open, because the machine's address there changes while the phones' trust must not.
const privateNetworks = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']

const dayMs = 86_400_000
const authorityDays = 3650
const serverDays = 397
const renewBeforeDays = 30

/**
 * Opens the certificate, making authority and certificate at the first call. The authority is made once: phones trust it.
 * The certificate is made again when it nears its end or this machine has got another address; names it ever had stay.
 */
export async function openLanCertificate(
  folder: string,
  nowMs: number = Date.now(),
  here: Names = namesOfThisMachine(),
): Promise<LanCertificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const file = (name: string): string => path.join(folder, name)
  if (!existsSync(file('authority.crt'))) {
    const permitted = { dns: union(here.dns, ['local']), ip: union(privateNetworks, here.ip.map(networkOf)) }
    const made = await makeAuthority(nowMs, permitted)
    writeFileSync(file('permitted.json'), JSON.stringify(permitted))
    writeFileSync(file('authority.key'), made.key, { mode: 0o600 })
    writeFileSync(file('authority.crt'), made.cert)
  }
  const authority = { key: read(file('authority.key')), cert: read(file('authority.crt')) }
  const known: Names = existsSync(file('names.json'))
    ? (JSON.parse(read(file('names.json'))) as Names)
    : { dns: [], ip: [] }
  const permitted = existsSync(file('permitted.json')) ? (JSON.parse(read(file('permitted.json'))) as Permitted) : null
  const names = within(permitted, { dns: union(known.dns, here.dns), ip: union(known.ip, here.ip) })
  const isCurrent =
    existsSync(file('server.crt')) && names.dns.length + names.ip.length === known.dns.length + known.ip.length
  if (!isCurrent || endsSoon(read(file('server.crt')), nowMs)) {
    const made = await makeServer(authority, names, nowMs)
    writeFileSync(file('server.key'), made.key, { mode: 0o600 })
    writeFileSync(file('server.crt'), made.cert)
    writeFileSync(file('names.json'), JSON.stringify(names))
  }
  const digest = createHash('sha256').update(new X509Certificate(authority.cert).raw).digest('hex').toUpperCase()
  return {
    key: read(file('server.key')),
    cert: `${read(file('server.crt'))}${authority.cert}`,
    ca: authority.cert,
    caFile: file('authority.crt'),
    fingerprint: digest.match(/../g)?.join(':') ?? digest,
    name:
      here.ip.find((address) => address !== '127.0.0.1' && names.ip.includes(address)) ?? names.dns[0] ?? 'localhost',
  }
}

export function namesOfThisMachine(): Names {
  const addresses = Object.values(os.networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  const host = os.hostname().toLowerCase().split('.')[0] ?? 'sereno'
  return { dns: ['localhost', host, `${host}.local`], ip: ['127.0.0.1', ...addresses] }
}

type Pair = { readonly key: string; readonly cert: string }
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

async function makeAuthority(nowMs: number, permitted: Permitted): Promise<Pair> {
  // No character that would be escaped when the name is read back: issuer and subject must be equal byte for byte.
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const subject = `Sereno ${os.hostname().replaceAll(/[^A-Za-z0-9.-]/g, '')} (autoridad local)`
  const cert = await makeCertificate({
    subject,
    issuer: subject,
    days: authorityDays,
    nowMs,
    publicKey: keys.publicKey,
    signWith: keys.privateKey,
    issuerKey: keys.publicKey,
    names: null,
    permitted,
  })
  return { key: await privatePem(keys.privateKey), cert }
}

async function makeServer(authority: Pair, names: Names, nowMs: number): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const signWith = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  const certificate = new X509Certificate(authority.cert)
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  const issuerKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
  const issuer = /CN=(.*)/.exec(certificate.subject)?.[1] ?? ''
  const cert = await makeCertificate({
    subject: 'Sereno',
    issuer,
    days: serverDays,
    nowMs,
    publicKey: keys.publicKey,
    signWith,
    issuerKey,
    names,
    permitted: null,
  })
  return { key: await privatePem(keys.privateKey), cert }
}

/** X.509 v3 (RFC 5280). `names` null makes an authority. pkijs is loaded only here: few installations need it. */
async function makeCertificate(wanted: {
  readonly subject: string
  readonly issuer: string
  readonly days: number
  readonly nowMs: number
  readonly publicKey: webcrypto.CryptoKey
  readonly issuerKey: webcrypto.CryptoKey
  readonly signWith: webcrypto.CryptoKey
  readonly names: Names | null
  readonly permitted: Permitted | null
}): Promise<string> {
  const pkijs = await import('pkijs')
  const asn1js = await import('asn1js')
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as unknown as typeof crypto }))
  const commonName = (text: string) =>
    new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value: text }) })
  const certificate = new pkijs.Certificate()
  certificate.version = 2
  const serial = webcrypto.getRandomValues(new Uint8Array(16))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  certificate.serialNumber = new asn1js.Integer({ valueHex: serial.buffer })
  certificate.subject.typesAndValues.push(commonName(wanted.subject))
  certificate.issuer.typesAndValues.push(commonName(wanted.issuer))
  certificate.notBefore.value = new Date(wanted.nowMs - dayMs)
  certificate.notAfter.value = new Date(wanted.nowMs + wanted.days * dayMs)
  await certificate.subjectPublicKeyInfo.importKey(wanted.publicKey)

  const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }) =>
    new pkijs.Extension({ extnID, critical, extnValue: value.toBER() })
  // RFC 5280 §4.2.1.3: bit 0 digitalSignature, 5 keyCertSign, 6 cRLSign.
  const usage = new Uint8Array([wanted.names === null ? 0b0000_0110 : 0b1000_0000])
  const unusedBits = wanted.names === null ? 1 : 7
  const ownId = new asn1js.OctetString({ valueHex: await keyIdentifier(wanted.publicKey) })
  const issuerId = new pkijs.AuthorityKeyIdentifier({
    keyIdentifier: new asn1js.OctetString({ valueHex: await keyIdentifier(wanted.issuerKey) }),
  })
  certificate.extensions = [
    extension('2.5.29.19', true, new pkijs.BasicConstraints({ cA: wanted.names === null }).toSchema()),
    extension('2.5.29.15', true, new asn1js.BitString({ valueHex: usage.buffer, unusedBits })),
    extension('2.5.29.14', false, ownId),
    extension('2.5.29.35', false, issuerId.toSchema()),
  ]
  if (wanted.permitted !== null) {
    const bases = [
      ...wanted.permitted.dns.map((value) => new pkijs.GeneralName({ type: 2, value })),
      ...wanted.permitted.ip.map(
        (network) =>
          new pkijs.GeneralName({
            type: 7,
            value: new asn1js.OctetString({ valueHex: addressAndMask(network).buffer }),
          }),
      ),
    ]
    const permittedSubtrees = bases.map((base) => new pkijs.GeneralSubtree({ base }))
    certificate.extensions.push(
      extension('2.5.29.30', true, new pkijs.NameConstraints({ permittedSubtrees }).toSchema()),
    )
  }
  if (wanted.names !== null) {
    const names = [
      ...wanted.names.dns.map((value) => new pkijs.GeneralName({ type: 2, value })),
      ...wanted.names.ip.map(
        (address) =>
          new pkijs.GeneralName({
            type: 7,
            value: new asn1js.OctetString({ valueHex: Uint8Array.from(address.split('.').map(Number)).buffer }),
          }),
      ),
    ]
    certificate.extensions.push(
      extension('2.5.29.17', false, new pkijs.GeneralNames({ names }).toSchema()),
      // serverAuth
      extension('2.5.29.37', false, new pkijs.ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.1'] }).toSchema()),
    )
  }
  await certificate.sign(wanted.signWith, 'SHA-256')
  return pem('CERTIFICATE', certificate.toSchema(true).toBER())
}

// RFC 5280 §4.2.1.2 (1), over the whole public key info: any method that names the key will do.
async function keyIdentifier(key: webcrypto.CryptoKey): Promise<ArrayBuffer> {
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', key))
  return new Uint8Array(createHash('sha1').update(spki).digest()).buffer
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key))
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function endsSoon(cert: string, nowMs: number): boolean {
  return new X509Certificate(cert).validToDate.getTime() - nowMs < renewBeforeDays * dayMs
}

/** A name outside the authority's constraints would make browsers refuse the whole certificate: it is left out. */
function within(permitted: Permitted | null, names: Names): Names {
  if (permitted === null) {
    return names
  }
  const dns = names.dns.filter((name) => permitted.dns.some((base) => name === base || name.endsWith(`.${base}`)))
  const ip = names.ip.filter((address) =>
    permitted.ip.some((network) => {
      const base = addressAndMask(network)
      return address.split('.').every((part, i) => (Number(part) & (base[i + 4] ?? 0)) === base[i])
    }),
  )
  return { dns, ip }
}

function networkOf(address: string): string {
  return `${address}/32`
}

/** RFC 5280 §4.2.1.10: four bytes of address, four of mask. */
function addressAndMask(network: string): Uint8Array<ArrayBuffer> {
  const [address = '', bits = '32'] = network.split('/')
  const parts = address.split('.').map(Number)
  const mask = parts.map((_, i) => 0xff & (0xff00 >> Math.max(0, Math.min(8, Number(bits) - 8 * i))))
  return Uint8Array.from([...parts, ...mask])
}

function union(before: readonly string[], now: readonly string[]): readonly string[] {
  return [...new Set([...before, ...now])]
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}
