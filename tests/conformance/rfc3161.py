"""Time stamps (RFC 3161), written from section 13 of docs/reference/evidence-format.md.

A strict DER reader and, on it, CMS SignedData (RFC 5652), X.509 (RFC 5280) and TSTInfo, as far as that section asks.
Signatures are checked by `cryptography`; nothing of its parsers is used, so that every byte is read here.
"""

import base64
import hashlib
from datetime import datetime, timedelta, timezone

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

LONGEST = 64 * 1024
DEEPEST = 32
LONGEST_PATH = 8
MOST_CERTIFICATES = 16
MOST_SIGNATURES = 64

SIGNED_DATA = "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
KEY_IDENTIFIER = "2.5.29.14"
KEY_USAGE = "2.5.29.15"
BASIC_CONSTRAINTS = "2.5.29.19"
CERTIFICATE_POLICIES = "2.5.29.32"
EXTENDED_KEY_USAGE = "2.5.29.37"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
UNDERSTOOD = {KEY_USAGE, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES, EXTENDED_KEY_USAGE}

SHA1 = "1.3.14.3.2.26"
DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
RSA = "1.2.840.113549.1.1.1"
ELLIPTIC = "1.2.840.10045.2.1"
CURVES = {"1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"}
SIGNATURES = {
    RSA: (RSA, None),
    "1.2.840.113549.1.1.11": (RSA, "sha256"),
    "1.2.840.113549.1.1.12": (RSA, "sha384"),
    "1.2.840.113549.1.1.13": (RSA, "sha512"),
    "1.2.840.10045.4.3.2": (ELLIPTIC, "sha256"),
    "1.2.840.10045.4.3.3": (ELLIPTIC, "sha384"),
    "1.2.840.10045.4.3.4": (ELLIPTIC, "sha512"),
}


class BadStamp(Exception):
    """Why a time stamp does not count, by the codes of the format."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


# --- DER --------------------------------------------------------------------------------------------------------------


class Value:
    """One DER value: its tag, its content, its bytes, and its members where it is constructed."""

    def __init__(self, data, start, end, depth):
        if depth > DEEPEST:
            raise ValueError("too deep")
        self.tag = data[start]
        if self.tag == 0 or self.tag & 0x1F == 0x1F:
            raise ValueError("tag")
        if self.tag < 0x40 and bool(self.tag & 0x20) != (self.tag & 0x1F in (0x10, 0x11)):
            raise ValueError("constructed")
        at, length = read_length(data, start + 1, end)
        self.end = at + length
        if self.end > end:
            raise ValueError("length")
        self.content = data[at : self.end]
        self.bytes = data[start : self.end]
        self.members = []
        if self.tag & 0x20:
            while at < self.end:
                member = Value(data, at, self.end, depth + 1)
                self.members.append(member)
                at = member.end
        else:
            check_primitive(self.tag, self.content)

    def member(self, place, tag=None):
        if place >= len(self.members) or (tag is not None and self.members[place].tag != tag):
            raise ValueError("member")
        return self.members[place]


def read_length(data, at, end):
    if at >= end:
        raise ValueError("length")
    first = data[at]
    if first < 0x80:
        return at + 1, first
    size = first - 0x80
    if not 1 <= size <= 4 or at + 1 + size > end:
        raise ValueError("length")
    length = int.from_bytes(data[at + 1 : at + 1 + size], "big")
    if length < 0x80 or length < 256 ** (size - 1):
        raise ValueError("length")
    return at + 1 + size, length


def check_primitive(tag, content):
    if tag == 0x01 and content not in (b"\x00", b"\xff"):
        raise ValueError("boolean")
    if tag == 0x02:
        padded = len(content) > 1 and (content[0], content[1] >> 7) in ((0x00, 0), (0xFF, 1))
        if not content or padded:
            raise ValueError("integer")
    if tag == 0x05 and content:
        raise ValueError("null")
    if tag == 0x06 and not content:
        raise ValueError("identifier")


def read(data, tag=None):
    if not data:
        raise ValueError("nothing")
    value = Value(data, 0, len(data), 0)
    if value.end != len(data) or (tag is not None and value.tag != tag):
        raise ValueError("rest")
    return value


def identifier(value):
    if value.tag != 0x06:
        raise ValueError("identifier")
    parts, part = [], 0
    for byte in value.content:
        part = part << 7 | byte & 0x7F
        if not byte & 0x80:
            parts.append(part)
            part = 0
    if value.content[-1] & 0x80:
        raise ValueError("identifier")
    first = min(parts[0] // 40, 2)
    return ".".join(str(one) for one in [first, parts[0] - first * 40] + parts[1:])


def algorithm_of(value):
    """The identifier of an AlgorithmIdentifier; its parameters are not looked at."""
    if value.tag != 0x30 or len(value.members) > 2:
        raise ValueError("algorithm")
    return identifier(value.member(0))


def attribute_of(value):
    if value.tag != 0x30:
        raise ValueError("attribute")
    return identifier(value.member(0)), value.member(1, 0x31).members


def check_name(value):
    """The bytes of a distinguished name."""
    if value.tag != 0x30:
        raise ValueError("name")
    for part in value.members:
        for pair in part.members if part.tag == 0x31 else [None]:
            if pair is None or pair.tag != 0x30:
                raise ValueError("name")
            identifier(pair.member(0))
            pair.member(1)
    return value.bytes


def instant(value):
    """UTCTime or GeneralizedTime, in UTC, to the millisecond."""
    text = value.content.decode("ascii")
    digits, _, fraction = text.removesuffix("Z").partition(".")
    if not text.endswith("Z") or not digits.isdigit() or (fraction and not fraction.isdigit()):
        raise ValueError("time")
    if value.tag == 0x17:
        digits = ("20" if digits[:2] < "50" else "19") + digits
    elif value.tag != 0x18:
        raise ValueError("time")
    if len(digits) != 14:
        raise ValueError("time")
    moment = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return moment + timedelta(milliseconds=int((fraction + "000")[:3]))


# --- X.509 ------------------------------------------------------------------------------------------------------------


class Certificate:
    def __init__(self, value):
        self.der = value.bytes
        body, algorithm, signature = (value.member(place, tag) for place, tag in ((0, 0x30), (1, 0x30), (2, 0x03)))
        self.signed_bytes = body.bytes
        self.algorithm = algorithm_of(algorithm)
        self.signature = bits(signature)
        first = 0
        if body.member(0).tag == 0xA0:
            body.member(0).member(0, 0x02)
            first = 1
        self.number = body.member(first, 0x02).content
        self.same_algorithm = algorithm_of(body.member(first + 1)) == self.algorithm
        self.issuer, self.subject = check_name(body.member(first + 2)), check_name(body.member(first + 4))
        validity = body.member(first + 3, 0x30)
        self.since, self.until = instant(validity.member(0)), instant(validity.member(1))
        self.key = body.member(first + 5, 0x30)
        algorithm_of(self.key.member(0))
        self.key.member(1, 0x03)
        self.extensions = {}
        for one in body.members[first + 6 :]:
            if one.tag == 0xA3:
                for extension in one.member(0, 0x30).members:
                    self.read_extension(extension)

    def read_extension(self, extension):
        critical = len(extension.members) == 3 and extension.member(1, 0x01).content == b"\xff"
        last = extension.member(len(extension.members) - 1, 0x04)
        self.extensions[identifier(extension.member(0))] = (critical, last.content)

    def __eq__(self, other):
        return self.der == other.der

    def __hash__(self):
        return hash(self.der)

    def valid(self, at):
        return self.since <= at <= self.until

    def extension(self, name):
        return self.extensions.get(name, (False, None))

    def understood(self):
        return all(not critical or name in UNDERSTOOD for name, (critical, _) in self.extensions.items())

    def may(self, *wanted):
        """Whether one of these bits of the key usage is set; without the extension everything is allowed."""
        _, data = self.extension(KEY_USAGE)
        if data is None:
            return True
        first = (bits(read(data, 0x03)) or b"\0")[0]
        return any(first & 0x80 >> bit for bit in wanted)

    def for_stamps(self):
        critical, data = self.extension(EXTENDED_KEY_USAGE)
        if not critical:
            return False
        purposes = [identifier(one) for one in read(data, 0x30).members]
        return purposes == [TIME_STAMPING] and self.may(0, 1) and self.understood()

    def may_issue(self, below):
        _, data = self.extension(BASIC_CONSTRAINTS)
        members = read(data, 0x30).members if data is not None else []
        if not members or members[0].tag != 0x01 or members[0].content != b"\xff":
            return False
        if len(members) > 1 and below > int.from_bytes(members[1].content, "big", signed=True):
            return False
        return self.may(5) and self.understood()

    def key_identifier(self):
        _, data = self.extension(KEY_IDENTIFIER)
        return read(data, 0x04).content if data is not None else None

    def signed(self, algorithm, digest, signature, data):
        """good, bad, weak or unsupported: a signature over the data by this certificate's key."""
        kind, own_digest = SIGNATURES.get(algorithm, (None, None))
        own_digest = own_digest or digest
        key_kind = identifier(self.key.member(0, 0x30).member(0))
        curve = self.key.member(0).member(1) if key_kind == ELLIPTIC else None
        known = key_kind == RSA or (key_kind == ELLIPTIC and curve.tag == 0x06 and identifier(curve) in CURVES)
        if kind is None or own_digest is None or not known:
            return "unsupported"
        if kind != key_kind:
            return "bad"
        try:
            key = serialization.load_der_public_key(self.key.bytes)
            digest_of = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}[own_digest]()
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, padding.PKCS1v15(), digest_of)
                return "weak" if key.key_size < 2048 else "good"
            read(signature, 0x30)
            key.verify(signature, data, ec.ECDSA(digest_of))
            return "good"
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return "bad"

    def issued(self, certificate):
        """good, bad, weak or unsupported: this certificate's key under another certificate."""
        if not certificate.same_algorithm:
            return "bad"
        return self.signed(certificate.algorithm, None, certificate.signature, certificate.signed_bytes)


def bits(value):
    if value.tag != 0x03 or not value.content or value.content[0] > 7:
        raise ValueError("bits")
    return value.content[1:]


def path_from(signer, authorities, between, at):
    """The first authority's certificate that a valid signer's leads to; breadth first, each certificate reached once."""
    if signer in authorities:
        return signer
    unreached = [one for one in dict.fromkeys(authorities + between) if one != signer]
    level, looked, unsupported = [signer], 0, False
    for below in range(LONGEST_PATH - 1):
        following = []
        for certificate in level:
            for issuer in list(unreached):
                fits = certificate.issuer == issuer.subject and issuer.valid(at) and readable(issuer.may_issue, below)
                if not fits:
                    continue
                looked += 1
                if looked > MOST_SIGNATURES:
                    raise BadStamp("too-many-paths")
                state = issuer.issued(certificate)
                if state == "good" and issuer in authorities:
                    return issuer
                if state == "good":
                    unreached.remove(issuer)
                    following.append(issuer)
                unsupported = unsupported or state == "unsupported"
        level = following
    raise BadStamp("unsupported-algorithm" if unsupported else "unknown-authority")


def readable(ask, *about):
    """What cannot be read in an extension allows nothing."""
    try:
        return ask(*about)
    except (ValueError, IndexError):
        return False


# --- RFC 3161 ---------------------------------------------------------------------------------------------------------


class Token:
    def __init__(self, data):
        outer = read(data, 0x30)
        if identifier(outer.member(0)) != SIGNED_DATA:
            raise ValueError("content")
        signed = outer.member(1, 0xA0).member(0, 0x30)
        signed.member(0, 0x02)
        for one in signed.member(1, 0x31).members:
            algorithm_of(one)
        content = signed.member(2, 0x30)
        self.content = content.member(1, 0xA0).member(0, 0x04).content
        self.certificates = []
        for one in signed.members[3:-1]:
            if one.tag == 0xA0:
                self.certificates = [Certificate(value) for value in one.members if value.tag == 0x30]
        signers = signed.members[-1]
        if identifier(content.member(0)) != TST_INFO or signers.tag != 0x31 or len(signers.members) != 1:
            raise ValueError("signers")
        self.read_signer(signers.member(0, 0x30))
        self.read_info(read(self.content, 0x30))
        if len(self.certificates) > MOST_CERTIFICATES:
            raise ValueError("certificates")

    def read_signer(self, signer):
        signer.member(0, 0x02)
        self.signer = signer.member(1)
        if self.signer.tag == 0x30:
            check_name(self.signer.member(0))
            self.signer.member(1, 0x02)
        elif self.signer.tag != 0x80:
            raise ValueError("signer")
        self.digest = DIGESTS.get(algorithm_of(signer.member(2)))
        attributes = signer.member(3, 0xA0)
        self.attributes = [attribute_of(one) for one in attributes.members]
        self.signed_bytes = b"\x31" + attributes.bytes[1:]
        self.algorithm = algorithm_of(signer.member(4))
        self.signature = signer.member(5, 0x04).content
        said = self.attribute(CONTENT_TYPE)
        if said is None or identifier(said) != TST_INFO:
            raise ValueError("content type")

    def read_info(self, info):
        if info.member(0, 0x02).content != b"\x01":
            raise ValueError("version")
        identifier(info.member(1))
        imprint = info.member(2, 0x30)
        hashed = imprint.member(1, 0x04).content
        ours = DIGESTS.get(algorithm_of(imprint.member(0))) == "sha256" and len(hashed) == 32
        self.imprint = hashed if ours else None
        info.member(3, 0x02)
        self.at = instant(info.member(4, 0x18))

    def attribute(self, kind):
        """The one value of the one attribute of this kind, or None."""
        found = [values for name, values in self.attributes if name == kind]
        return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None

    def names(self, certificate):
        if self.signer.tag == 0x30:
            return self.signer.member(0).bytes == certificate.issuer and self.signer.member(1).content == certificate.number
        return self.signer.tag == 0x80 and self.signer.content == readable(certificate.key_identifier)

    def names_in_attributes(self, certificate):
        """Each signing-certificate attribute, and at least one, has the hash of this certificate first."""
        kinds = [kind for kind, _ in self.attributes if kind in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2)]
        return bool(kinds) and all(readable(self.has_hash, kind, certificate) for kind in set(kinds))

    def has_hash(self, kind, certificate):
        value = self.attribute(kind)
        first = value.member(0, 0x30).member(0, 0x30) if value is not None else None
        if first is None:
            return False
        digest = "sha256" if kind == SIGNING_CERTIFICATE_V2 else "sha1"
        place = 0
        if kind == SIGNING_CERTIFICATE_V2 and first.member(0).tag == 0x30:
            name = identifier(first.member(0).member(0))
            digest, place = "sha1" if name == SHA1 else DIGESTS.get(name), 1
        return digest is not None and hashlib.new(digest, certificate.der).digest() == first.member(place, 0x04).content


def judge(data, sha256, authorities):
    """(name of the authority, instant, end of the signer's certificate); raises BadStamp with the format's code."""
    try:
        if len(data) > LONGEST:
            raise ValueError("long")
        token = Token(data)
    except (ValueError, IndexError, OverflowError):
        raise BadStamp("malformed-timestamp") from None
    if token.imprint != sha256:
        raise BadStamp("timestamp-differs")
    trusted = [(one["name"], certificate_of(one["certificate"])) for one in authorities]
    known = list(dict.fromkeys(token.certificates + [one for _, one in trusted if one is not None]))
    signer = next((one for one in known if token.names(one)), None)
    if signer is None:
        raise BadStamp("unknown-authority")
    check_signature(token, signer)
    named = [(name, one) for name, one in trusted if one is not None]
    end = path_from(signer, [one for _, one in named], token.certificates, token.at)
    return next(name for name, one in named if one == end), token.at, signer.until


def check_signature(token, signer):
    if token.digest is None or token.algorithm not in SIGNATURES:
        raise BadStamp("unsupported-algorithm")
    said = token.attribute(MESSAGE_DIGEST)
    if said is None or said.tag != 0x04 or said.content != hashlib.new(token.digest, token.content).digest():
        raise BadStamp("bad-signature")
    state = readable(signer.signed, token.algorithm, token.digest, token.signature, token.signed_bytes) or "bad"
    if state != "good":
        raise BadStamp({"bad": "bad-signature", "weak": "weak-key", "unsupported": "unsupported-algorithm"}[state])
    if not token.names_in_attributes(signer):
        raise BadStamp("bad-signature")
    if not readable(signer.for_stamps):
        raise BadStamp("wrong-purpose")
    if not signer.valid(token.at):
        raise BadStamp("certificate-not-valid")


def certificate_of(pem):
    """The certificate of a trust file, or None where it is none."""
    body = "".join(pem.split("\n")[1:-1]).replace("-----END CERTIFICATE-----", "")
    try:
        return Certificate(read(base64.b64decode(body, validate=True), 0x30))
    except (ValueError, IndexError):
        return None
