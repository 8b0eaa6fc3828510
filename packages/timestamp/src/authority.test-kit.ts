/**
 * A time-stamping authority of nobody, for tests and conformance vectors: the same keys, the same certificates, the same tokens
 * in every run, and everything about them may be changed. Written with DER alone, so that what no library would write
 * can be written.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** Not secret, and never to be trusted. */
const keys = {
  root: rsa(
    'MIIEowIBAAKCAQEAn33yaEhNjvbhBGmD25RVLKCXQV8Y4YG0/sV59+jIsMFeSFCw8mk4ygHCSIM+Ukr3EmQw7ZIiunJQHBINuQpYe/CMfwAFLd' +
      'mH7DmLntVZMZFoxO07xH9d3eM6dA18+jGdMLTel/G7lc0Wg+wwrKRzgfzpqGOnOf1AQGVlElBs9GP19EQCVxCW6vWdQPvAf7x7zbGRMx9vu0Tg' +
      'j+sDNA3H+gLGauQLH5tIUKhX/Pk+kQwq6gdWlsUD9iTxydWhMkMBxyrq/Mh+EFrPs0sXdIt1C2tEFputYLIB9HFB7f6wEJ143ogGa00Fs2LB1R' +
      '2hhIpRdyPtru9hQl/oCm5k6IRPvQIDAQABAoIBAAsywyXqSbPLhsISDIWK1S4kempHHI6c1lH7GJS8/fZXJWELdVkX5TpdxD/mIyaRB+b9LOhJ' +
      'VfHkW9aUt+zxmoPdQGgcXsC44M/HvJNi5HfT/1iwVX12+ea98Rk75zYD7McCNAzUFrkuZLHPkB1XEJskYF2H3bJ3Ix9CX0XZasT/8WC97u9/qR' +
      'I407rf3t6PIoDk5oYqJjplc/JAxHgBHNk2x/ZdcPxZVJ+YFkVFi8EOOV28Q2gozbUa0LFanqSBdPcW/kTGgYa24TTnCsnCCUUzKhYzCSRK8DSo' +
      '3oRh8eGtpouAZp4YQ684y8mGZqSFkmcU955JXp/cP7ZI2uzhU1sCgYEAzOC45T+0+JAg2X+MOIqFRXVFEsZSaeBZIvhOr0CBJIdeDECV21TDGr' +
      'UB5AyUWHSk7oDSHn7ssceHKaT5kBETcr2lW/qKHbtMeBnIvHAxXwYOgP8EE7ujz/D5GclEDkoUlm4kSf12iqnehNA7o+9qCoFem/F+RbzWlE4T' +
      'FcGJXEMCgYEAx0oMJZtmYT9TY/FNm8uZ51DOqiZUqiPRtm6KdQK7oS0tWsXHsyDPKr8+iToXdHHp+vW0VcAZMp1pBjG/1TRt+1OEbQ6bYS6sfH' +
      '9Dj9pGR1ruXkNXb2Z2dCEQAARvguRMEGl+dincDmmY/UW92NAO845atp5CdpwMJYCEvq924/8CgYBpYqLZEXcWcJTlLA3Fu8Mn4lWgfbFA0u0m' +
      '5tEaprSHRLZk2Qf8pVIit778PlhEU+PO5yauFx3LqNXm3vycVZxKZjDb6jkHaCPCl4jBHXjX5zaotgSz3c46lTqdQAEo1IRYiNlT0fQbCZvzd2' +
      'VmQy2pr7gpwQPx/VvnN23rv/zXHwKBgQChG66INIHmuh/7GtdHzKflxYDdMtGdHgnqdqC+CXCP0wroaB2SJUL1ZtfybiEKBRFHzZx0+jAkp/aA' +
      'iHVxscn7tL/IvldEkEvm9aczwxyvkMZFNCGaMHYwWY4qxWs0oMURO4d9lUeN6zZAAkKA5WpA4WNaYMSQSITVSHmIAieWFwKBgBcb83TT7uJuQb' +
      'qk/I+AlYDG4guLIM9BERLid92/rWbIMYOZAImKPQrO+WTWZzg7vUMxkTz+3Z8yffZ8KEG+fFFT3jW4RHwQO7iYEkK3nhtzVX5+Vf2KXzO6rbyS' +
      'UA6ouaaS+WbQ5jBF6iuN5JPMEtwD9S0aaHFxSFocI6VVip4K',
  ),
  tsa: rsa(
    'MIIEpAIBAAKCAQEA1K6Lvb5yJJ+zB1r9OsDzerNFCyWQ6+ujhCvkCRsO0U+Zcr1bnw8ou1yolBtwr5bYKJIEgeYXuYaQQDNt4xD5RJl0XQB+/z' +
      'o9fHB8E22eXQoCEIBuSHLXptnt/xDP5AL530nnJrxBY+MKgzcl4Edatz5YQW9spmNJM65k/hZLL5F4rfqc9XHAXGw1kI9cQbngdXUk96gqXIt/' +
      '9NgPdtU53ghYV/KuEXmncdPd+HCDg0MzQDKta68DyG/wRkergsftOVWnu7kzi8rN9GeRahPlp/ycswisVrBofozxcFr+6ZMHZCLBCAEzrLCa61' +
      'gFh2UxYWN9Re9Me+IqxjxQY2MK/wIDAQABAoIBAAdJF2ZfkL9qbRKSblxF4dFRNMtF9Snvv4E2k7AwKhjHdkU08V+IgGeyq9+u9PQ+4Za6McdV' +
      'X3iugGCCooAFw9QywYayDqelkheiLs3nkmYzgpCYJa77qCGCE6IKLGTuKSsZ9/4essq+K00FZZnCN/xQ+Wr8aydj/Uz062a80sSFUimnes5FDu' +
      'IktC3aplblOBeF5Pygg6VS/5fMylMPMELGKenTBRT/eQ0VmS0VtS6H6mNafrupAEckGNIQU8Xd5JZ85xxWUJhS3LAJqZQfRui8sINzFjLkrU1g' +
      'XSnp6hEKxgxegCSwBENbecPAOxM3FxD8cRYT+31xwmdG7uutiYECgYEA+75twiHwR5xTb2PdXhLbPHqw9glXaOKjKjFZht+LirIT4cd5yi9D60' +
      'dOMMYYgtmUDXD+leDmqEeOgRD/rb24+jynXWzQKeqBNLuUMsmYWOS+m/6xhWIBAeCnbl1A3hO/o/CtcW3s4USpFlDOeOmfhPsY9W+kbpM2n5dp' +
      'jjSpJT8CgYEA2EcNiyWfrCfMViHhv/lTS7+zInEqhjLK7KZfY4xIR4WI96YlUOU5uHQcvPgWSky81zYSq8PUHBX9mr/tIIbzEt9RoPHP9V+q3a' +
      'bwmvlUUc6TucLeNIcdiF0qNhJosq+kvUqSjvtUab138FZY4Lhvxp449ij1DPSAOqw4HBVb6kECgYBpb0AY5o3z8A0hwfmcxNj9Y4VqBk+Nph4g' +
      'NbsBOe7/j8Wz8g+YFmOjzqF42/64DthrKL/3ldIE+LM+axgqdCNc6rpN7pzgcU7b/xP6kWQ1FtieDPXcn0c8uhJlrrjUSgEhcFO0Bg4H6vHGXu' +
      'Ga0n30/BVf9fowNYfTH18eKAAPkQKBgQCGXpamhciPP+au+Lv19qRuonpcAq0l1TbIEpGfGo/ph6hSHHKAsPnMhK86JHRM0yJcHyc4eiE1FeCL' +
      'HYTouY8ZgY+Ii9PlIfvZXBeOYSum685SEiTVw8BwcVmBYKyVn5SdWlB17uZCD8oNksgDTfN8Fd9T6Jxe4SUtzsPJhuelQQKBgQCzCoRQz760ea' +
      'vAKHT7wgtAxpu5qYNwe/Yqaf/YOgfrAFRvxWj/0+ZxsW6Fcvzyy3fSEMZySR1gsLJp82fWlG33hhBmFh8mOhcEwFIbzkRnpA/j4W3dn3+s9GyQ' +
      'H1JlHbiQRXxcMF8cXRxCzHRM0Liq5dqA18GfP7Xutne1DfBCOw==',
  ),
}

export type AuthorityKey = keyof typeof keys

export type CertificateWish = {
  readonly subject: string
  readonly issuer: string
  readonly key: AuthorityKey
  readonly signedBy: AuthorityKey
  readonly serial: number
  /** GeneralizedTime or UTCTime, by its length. */
  readonly from: string
  readonly to: string
  readonly extensions: readonly Uint8Array[]
}

export type StampWish = {
  readonly certificate: Uint8Array
  readonly issuer: string
  readonly serial: number
  readonly key: AuthorityKey
  readonly genTime: string
  readonly policy: string
  /** Certificate that the signed attributes name; the signer's own unless told. Null: none. */
  readonly named: Uint8Array | null
  readonly certificates: readonly Uint8Array[]
  /** Of the signature; PKCS #1 v1.5 whatever it says. */
  readonly algorithm: string
  /** SHA-256 over which it is signed that the content is; the right one unless told. */
  readonly digest: Uint8Array | null
}

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha256: '2.16.840.1.101.3.4.2.1',
  commonName: '2.5.4.3',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  serverAuth: '1.3.6.1.5.5.7.3.1',
}

const sha256Algorithm = der(0x30, oid(oids.sha256), der(0x05))
export const rootName = 'Raiz de prueba'
export const stampName = 'Sello de prueba'
export const long = ['20250101000000Z', '20491231235959Z'] as const

export const extensions = {
  issues: extension(oids.basicConstraints, true, der(0x30, der(0x01, Uint8Array.of(0xff)))),
  signsCertificates: extension(oids.keyUsage, true, der(0x03, Uint8Array.of(1, 0x06))),
  signs: extension(oids.keyUsage, true, der(0x03, Uint8Array.of(7, 0x80))),
  stamps: extension(oids.extKeyUsage, true, der(0x30, oid(oids.timeStamping))),
  stampsNotCritical: extension(oids.extKeyUsage, false, der(0x30, oid(oids.timeStamping))),
  serves: extension(oids.extKeyUsage, true, der(0x30, oid(oids.serverAuth))),
  unheardOf: extension('1.3.6.1.4.1.55555.1', true, der(0x05)),
}

/** The authority's own certificate, which issues; every wish changes it. */
export function rootCertificate(wish: Partial<CertificateWish> = {}): Uint8Array {
  const [from, to] = long
  return certificate({
    subject: rootName,
    issuer: rootName,
    key: 'root',
    signedBy: 'root',
    serial: 1,
    from,
    to,
    extensions: [extensions.issues, extensions.signsCertificates],
    ...wish,
  })
}

/** The certificate that signs stamps. */
export function stampCertificate(wish: Partial<CertificateWish> = {}): Uint8Array {
  const [from, to] = long
  return certificate({
    subject: stampName,
    issuer: rootName,
    key: 'tsa',
    signedBy: 'root',
    serial: 2,
    from,
    to,
    extensions: [extensions.signs, extensions.stamps],
    ...wish,
  })
}

/**
 * A token through authorities of one name: so many of one key, which issued one another and the signer's certificate, and so
 * many of another key, which none of them is signed by. `root`: the root issued the last one of the first key.
 */
export function crossCertifiedToken(
  sha256: Uint8Array,
  { own, others, last }: { readonly own: number; readonly others: number; readonly last: 'own' | 'root' },
): Uint8Array {
  const issuer = 'Autoridades cruzadas'
  const authorities = Array.from({ length: own + others }, (_, place) => {
    const key: AuthorityKey = place < own ? 'tsa' : 'root'
    const byRoot = last === 'root' && place === own - 1 ? { issuer: rootName, signedBy: 'root' as const } : {}
    return rootCertificate({ subject: issuer, issuer, key, signedBy: key, serial: 10 + place, ...byRoot })
  })
  const certificate = stampCertificate({ issuer, signedBy: 'tsa' })
  return stampToken(sha256, { issuer, certificate, named: certificate, certificates: [...authorities, certificate] })
}

export function pemOf(certificateDer: Uint8Array): string {
  const lines =
    Buffer.from(certificateDer)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** A token (RFC 3161 §2.4.2) over a SHA-256. */
export function stampToken(sha256: Uint8Array, wish: Partial<StampWish> = {}): Uint8Array {
  const own = wish.certificate ?? stampCertificate()
  const all: StampWish = {
    certificate: own,
    issuer: rootName,
    serial: 2,
    key: 'tsa',
    genTime: '20260923000000Z',
    policy: '1.2.3.4.1',
    named: own,
    certificates: [own],
    algorithm: oids.rsa,
    digest: null,
    ...wish,
  }
  const content = der(
    0x30,
    integer(1),
    oid(all.policy),
    der(0x30, sha256Algorithm, der(0x04, sha256)),
    integer(7),
    der(0x18, text(all.genTime)),
  )
  const attributes = [
    attribute(oids.contentType, oid(oids.tstInfo)),
    attribute(oids.messageDigest, der(0x04, all.digest ?? digest(content))),
    ...(all.named === null ? [] : [attribute(oids.signingCertificateV2, certificateName(all.named))]),
  ].sort(Buffer.compare)
  const signature = sign('sha256', der(0x31, ...attributes), keys[all.key])
  const signer = der(
    0x30,
    integer(1),
    der(0x30, nameOf(all.issuer), integer(all.serial)),
    sha256Algorithm,
    der(0xa0, ...attributes),
    der(0x30, oid(all.algorithm), der(0x05)),
    der(0x04, signature),
  )
  const signed = der(
    0x30,
    integer(3),
    der(0x31, sha256Algorithm),
    der(0x30, oid(oids.tstInfo), der(0xa0, der(0x04, content))),
    der(0xa0, ...all.certificates),
    der(0x31, signer),
  )
  return der(0x30, oid(oids.signedData), der(0xa0, signed))
}

function certificate(wish: CertificateWish): Uint8Array {
  const algorithm = der(0x30, oid(oids.sha256WithRsa), der(0x05))
  const time = (said: string): Uint8Array => der(said.length === 13 ? 0x17 : 0x18, text(said))
  const publicKey = new Uint8Array(createPublicKey(keys[wish.key]).export({ type: 'spki', format: 'der' }))
  const tbs = der(
    0x30,
    der(0xa0, integer(2)),
    integer(wish.serial),
    algorithm,
    nameOf(wish.issuer),
    der(0x30, time(wish.from), time(wish.to)),
    nameOf(wish.subject),
    publicKey,
    der(0xa3, der(0x30, ...wish.extensions)),
  )
  return der(0x30, tbs, algorithm, der(0x03, Uint8Array.of(0), sign('sha256', tbs, keys[wish.signedBy])))
}

function certificateName(certificateDer: Uint8Array): Uint8Array {
  return der(0x30, der(0x30, der(0x30, der(0x04, digest(certificateDer)))))
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return der(0x30, oid(type), der(0x31, value))
}

function extension(id: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return der(0x30, oid(id), ...(isCritical ? [der(0x01, Uint8Array.of(0xff))] : []), der(0x04, value))
}

function nameOf(commonName: string): Uint8Array {
  return der(0x30, der(0x31, der(0x30, oid(oids.commonName), der(0x0c, text(commonName)))))
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [] : length < 0x100 ? [length] : [length >> 8, length & 0xff]
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size]
  return new Uint8Array(Buffer.concat([Uint8Array.from(head), content]))
}

function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left & 0x7f) | 0x80)
    }
    return digits
  })
  return der(0x06, Uint8Array.from(bytes))
}

function integer(value: number): Uint8Array {
  return der(0x02, Uint8Array.of(value))
}

function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value))
}

function digest(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

function rsa(pkcs1: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs1, 'base64'), format: 'der', type: 'pkcs1' })
}
