#!/usr/bin/python3
"""An independent verifier of Sereno evidence packages, written from docs/reference/evidence-format.md alone.

    verify.py FILE [--trust FILE] [--json]
    verify.py CLIP LINEAGE [--trust FILE] [--json]

Exit codes: 0 holds, 1 fails, 2 not a package, 3 consistent but its origin is not established, 64 a wrong call, 66 a file
that cannot be read. Python 3 with its standard library and `cryptography` (Debian: python3-cryptography).
Time stamps are read by rfc3161.py beside it. ML-DSA-44 is not checked here, and says so.
"""

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import unicodedata
import zlib
from datetime import datetime, timezone

import rfc3161
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SHEET = "HOJA-DE-CUSTODIA.txt"
SIGNATURE = "signature.json"
ESSENTIAL = {"package-signature", "statement-signature", "manifest", "device-enrolment", "inclusion", "checkpoint"}
EXIT = {"holds": 0, "fails": 1, "not-a-package": 2, "not-a-derivative": 2, "origin-not-established": 3}
SAFE = 2**53 - 1
INSTANT = 253_402_300_799_999
MIB = 1024 * 1024


class Refused(Exception):
    """What was read is refused, for a reason from the format's list of codes."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Report:
    def __init__(self):
        self.checks = []

    def add(self, check, status, code=None, segment=None):
        self.checks.append({"id": check, "status": status, "code": code, "segment": segment})

    def passed(self, check, segment=None):
        self.add(check, "passed", None, segment)

    def failed(self, check, code, segment=None):
        self.add(check, "failed", code, segment)

    def warned(self, check, code, segment=None):
        self.add(check, "warning", code, segment)

    def skipped(self, check, code, segment=None):
        self.add(check, "not-checked", code, segment)

    def has(self, check, *statuses):
        return any(one["id"] == check and one["status"] in statuses for one in self.checks)


# --- Section 1: conventions -------------------------------------------------------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def sha256_hex(*parts):
    return sha256(*parts).hex()


def refuse_number(_text):
    raise Refused("not-canonical")


def pairs_once(pairs):
    read = dict(pairs)
    if len(read) != len(pairs) or "__proto__" in read:
        raise Refused("not-canonical")
    return read


def write_canonical(value, depth=0):
    if depth > 32:
        raise Refused("not-canonical")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > SAFE:
            raise Refused("not-canonical")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(write_canonical(one, depth + 1) for one in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{write_canonical(name)}:{write_canonical(value[name], depth + 1)}" for name in names) + "}"


def canonical(data):
    """The value of canonical JSON; anything else is refused."""
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=pairs_once, parse_float=refuse_number, parse_constant=refuse_number
        )
        if write_canonical(value).encode("utf-8") != data:
            raise Refused("not-canonical")
        return value
    except (ValueError, RecursionError):
        raise Refused("not-canonical") from None


def unbase64(text, altchars=None, padded=True):
    """Strict base64: it must be what encoding the bytes gives again."""
    try:
        data = base64.b64decode(text if padded else text + "=" * (-len(text) % 4), altchars, validate=True)
    except (ValueError, TypeError):
        return None
    again = base64.b64encode(data, altchars).decode()
    return data if (again if padded else again.rstrip("=")) == text else None


def unbase64url(text):
    return unbase64(text, b"-_", padded=False)


# Forms of members: each takes a value and answers whether it is one.
def matches(pattern):
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def whole(least, most=SAFE):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def one_of(*values):
    return lambda value: any(value is one or (type(value) is type(one) and value == one) for one in values)


def optional(form):
    return lambda value: value is None or form(value)


def listed(form, most):
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(form, value))


def record(**members):
    return lambda value: (
        isinstance(value, dict) and set(value) == set(members) and all(form(value[name]) for name, form in members.items())
    )


def printable(most):
    def form(value):
        return isinstance(value, str) and 1 <= len(value) <= most and not any(is_control(one) for one in value)

    return form


def is_control(character):
    return unicodedata.category(character).startswith("C")


HASH = matches("[0-9a-f]{64}")
UUID = matches("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TOKEN = matches("[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*")
TIME = whole(0, INSTANT)
FLAG = one_of(True, False)
SEQUENCE = whole(0, 2**31 - 1)
PUBLIC_KEY = record(algorithm=matches("[a-z0-9][a-z0-9-]{0,31}"), publicKey=matches("[A-Za-z0-9_-]{1,4096}"))


class Key:
    """An Ed25519 key that is canonical and not of small order."""

    SMALL = {
        "00" * 32,
        "01" + "00" * 31,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "ec" + "ff" * 30 + "7f",
    }

    def __init__(self, algorithm, public_key):
        if algorithm != "ed25519":
            raise Refused("unsupported-algorithm")
        raw = unbase64url(public_key)
        if raw is None or len(raw) != 32:
            raise Refused("malformed-key")
        y = raw[:31] + bytes([raw[31] & 0x7F])
        if y.hex() in self.SMALL or int.from_bytes(y, "little") >= 2**255 - 19:
            raise Refused("weak-key")
        self.raw = raw
        self.id = key_id({"algorithm": algorithm, "publicKey": public_key})
        self.key = Ed25519PublicKey.from_public_bytes(raw)

    def signed(self, signature, message):
        try:
            self.key.verify(signature, message)
            return True
        except InvalidSignature:
            return False


def key_id(key):
    raw = unbase64url(key["publicKey"]) or b""
    return sha256_hex(b"sereno-key-v1\0", key["algorithm"].encode(), b"\0", raw)[:16]


BASE64 = matches("[A-Za-z0-9+/]*={0,2}")
ENVELOPE = record(
    payload=BASE64,
    payloadType=matches(r"[\x21-\x7e]{1,128}"),
    signatures=listed(record(keyid=matches("[0-9a-f]{16}"), sig=BASE64), 8),
)


class Envelope:
    def __init__(self, data):
        value = canonical(data)
        if not ENVELOPE(value) or not value["signatures"]:
            raise Refused("malformed-envelope")
        self.type = value["payloadType"]
        self.payload = unbase64(value["payload"])
        self.signatures = [(one["keyid"], unbase64(one["sig"])) for one in value["signatures"]]
        if self.payload is None or any(signature is None for _, signature in self.signatures):
            raise Refused("malformed-envelope")
        kind = self.type.encode()
        head = b"DSSEv1 %d " % len(kind) + kind + b" %d " % len(self.payload)
        self.signed_bytes = head + self.payload

    def signed_by(self, key):
        return any(name == key.id and key.signed(signature, self.signed_bytes) for name, signature in self.signatures)

    def state(self, keys):
        """good, bad, unknown-key or unsupported, by any of these public keys."""
        state = "unknown-key"
        for key in keys:
            if key_id(key) not in [name for name, _ in self.signatures]:
                continue
            try:
                if self.signed_by(Key(key["algorithm"], key["publicKey"])):
                    return "good"
                state = "bad"
            except Refused as refused:
                state = "unsupported" if refused.code == "unsupported-algorithm" else "bad"
        return state


def open_payload(data, kind, form):
    envelope = Envelope(data)
    if envelope.type != f"application/vnd.sereno.{kind}+json;v=1":
        raise Refused("unknown-payload-type")
    value = canonical(envelope.payload)
    if not form(value):
        raise Refused("malformed-payload")
    return value, envelope


# --- Section 2: statements --------------------------------------------------------------------------------------------

SPAN = whole(0, 10**12)
BASE = {
    "format": one_of(1),
    "installation": UUID,
    "municipality": UUID,
    "device": UUID,
    "keyEpoch": whole(1, 2**31 - 1),
    "counter": whole(0),
    "recording": UUID,
    "sequence": SEQUENCE,
    "previous": optional(HASH),
    "wallClockMs": TIME,
    "monotonicMs": whole(0),
    "serverTime": optional(
        record(lastSeenMs=TIME, offsetMs=whole(-INSTANT, INSTANT), uncertaintyMs=SPAN, ageMs=SPAN)
    ),
    "checkpoint": optional(record(size=whole(0), root=HASH)),
    "build": HASH,
    "keyProtection": one_of("software", "hardware"),
}
CODEC = matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
GAP_REASONS = (
    "background call thermal camera-lost storage-full tab-killed device-restarted clock-change encoder-failed overload unknown"
).split()
STOP_REASONS = (
    "officer sos-end shift-end storage-full battery thermal camera-lost closed recovered revoked unknown"
).split()


def file_name(value):
    bad = not isinstance(value, str) or not 1 <= len(value) <= 255 or value in (".", "..")
    return not bad and not any(one in "/\\" or unicodedata.category(one) == "Cc" for one in value)


KINDS = {
    "media": record(
        **BASE,
        init=HASH,
        codecs=record(video=CODEC, audio=optional(CODEC)),
        audioOn=FLAG,
        preEvent=FLAG,
        media=record(sha256=HASH, sizeBytes=whole(1, 16 * MIB)),
        timescale=whole(1, 2**32 - 1),
        decodeTime=whole(0),
        duration=whole(0),
        positions=optional(HASH),
    ),
    "gap": record(
        **BASE, observed=one_of(True), reason=one_of(*GAP_REASONS), fromMs=TIME, toMs=TIME, missingMs=SPAN
    ),
    "file": record(
        **BASE,
        file=record(name=file_name, sizeBytes=whole(0, 8 * MIB * 99_999), sha256=HASH, blockBytes=one_of(8 * MIB), blocks=HASH),
        source=record(kind=one_of("dock", "browser", "axis"), path=optional(HASH), modifiedMs=optional(TIME)),
    ),
    "stop": record(**BASE, reason=one_of(*STOP_REASONS), count=SEQUENCE, head=optional(HASH)),
}


class Statement:
    def __init__(self, data):
        self.envelope = Envelope(data)
        self.hash = sha256_hex(data)
        kinds = {f"application/vnd.sereno.{kind}+json;v=1": kind for kind in KINDS}
        if self.envelope.type not in kinds:
            raise Refused("unknown-payload-type")
        self.kind = kinds[self.envelope.type]
        body = canonical(self.envelope.payload)
        if not KINDS[self.kind](body) or not self.agrees(body):
            raise Refused("malformed-statement")
        self.body = body
        self.sequence = body["sequence"]

    def agrees(self, body):
        if body["sequence"] > 0 and body["previous"] is None:
            return False
        if self.kind == "gap":
            return body["toMs"] >= body["fromMs"]
        if self.kind == "stop":
            return body["count"] == body["sequence"] and body["head"] == (body["previous"] if body["count"] else None)
        return True


POSITION = record(
    wallClockMs=TIME,
    latitudeE7=whole(-900_000_000, 900_000_000),
    longitudeE7=whole(-1_800_000_000, 1_800_000_000),
    accuracyCm=whole(0),
    altitudeCm=optional(whole(-1_000_000_000, 1_000_000_000)),
    speedCmPerSecond=optional(whole(0)),
    headingCentidegrees=optional(whole(0, 35_999)),
)
POSITIONS = record(format=one_of(1), salt=HASH, positions=listed(POSITION, 100_000))


class Facts:
    """What a set of statements says of itself (section 2, state of a recording)."""

    def __init__(self, statements):
        self.statements = sorted(statements, key=lambda one: one.sequence)
        pairs = list(zip(self.statements, self.statements[1:]))
        neighbours = [(before, one) for before, one in pairs if one.sequence == before.sequence + 1]
        media = [one for one in self.statements if one.kind == "media"]
        stop = next((one for one in self.statements if one.kind == "stop"), None)
        self.stop = stop
        self.init = media[0].body["init"] if media else None
        self.gaps = [
            {"sequence": one.sequence, "reason": one.body["reason"], "missingMs": one.body["missingMs"]}
            for one in self.statements
            if one.kind == "gap"
        ]
        end = stop.sequence if stop else (self.statements[-1].sequence if self.statements else -1)
        self.missing = missing_ranges([one.sequence for one in self.statements], end)
        same = ("recording", "device", "keyEpoch", "municipality", "installation")
        first = self.statements[0].body if self.statements else None
        self.faults = {
            "wrong-previous": [one for before, one in neighbours if one.body["previous"] != before.hash],
            "counter-falls": [one for before, one in pairs if one.body["counter"] <= before.body["counter"]],
            "after-stop": [one for one in self.statements if stop and one.sequence > stop.sequence],
            "other-init": [one for one in media if one.body["init"] != self.init],
            "other-recording": [one for one in self.statements if any(one.body[name] != first[name] for name in same)],
        }
        self.skips = [one for before, one in neighbours if one.body["counter"] > before.body["counter"] + 1]
        self.jumps = [one for before, one in neighbours if one.kind == before.kind == "media" and jumps(before, one)]
        self.complete = stop is not None and not self.missing and not any(self.faults.values())


def jumps(before, after):
    expected = before.body["decodeTime"] + before.body["duration"]
    return abs(after.body["decodeTime"] - expected) * 2 > after.body["timescale"]


def missing_ranges(present, end):
    ranges, expected = [], 0
    for sequence in [one for one in present if one <= end] + [end + 1]:
        if sequence > expected:
            ranges.append({"from": expected, "to": sequence - 1})
        expected = sequence + 1
    return ranges


# --- Section 5: ledger ------------------------------------------------------------------------------------------------

LEAF = record(kind=TOKEN, municipality=UUID, root=HASH, version=one_of(1))
OPENING = record(
    name=matches("[a-zA-Z][a-zA-Z0-9.-]{0,63}"),
    value=matches(".{0,16384}"),
    salt=HASH,
    index=whole(0, 63),
    count=whole(1, 64),
    proof=listed(HASH, 8),
)
PROOF = record(index=whole(0), leaf=LEAF, openings=listed(OPENING, 64), proof=listed(HASH, 64))


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def leaf_hash(data):
    return sha256(b"\x00", data)


def root_from_path(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2; None when the path cannot be one."""
    if index >= size:
        return None
    fn, sn, root = index, size - 1, leaf
    for step in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = node_hash(step, root)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            root = node_hash(root, step)
        fn >>= 1
        sn >>= 1
    return root if sn == 0 else None


class Entry:
    """A ledger entry with its fields opened against its leaf; refused when one does not open."""

    def __init__(self, proof):
        self.index = proof["index"]
        self.leaf = proof["leaf"]
        self.path = [bytes.fromhex(step) for step in proof["proof"]]
        self.hash = leaf_hash(write_canonical(self.leaf).encode())
        openings = sorted(proof["openings"], key=lambda one: one["index"])
        names = [one["name"].encode() for one in openings]
        indexes = [one["index"] for one in openings]
        if any(a >= b for a, b in zip(names, names[1:])) or any(a >= b for a, b in zip(indexes, indexes[1:])):
            raise Refused("field-does-not-open")
        if not all(self.opens(one) for one in openings):
            raise Refused("field-does-not-open")
        self.fields = {one["name"]: one["value"] for one in openings}

    def opens(self, opening):
        name, value = opening["name"].encode(), opening["value"].encode()
        lengths = struct.pack(">I", len(name)), struct.pack(">I", len(value))
        salt = bytes.fromhex(opening["salt"])
        commitment = sha256(b"sereno-field-v1\0", salt, lengths[0], name, lengths[1], value)
        path = [bytes.fromhex(step) for step in opening["proof"]]
        root = root_from_path(leaf_hash(commitment), opening["index"], opening["count"], path)
        if root is None:
            return False
        return sha256_hex(b"sereno-fields-v1\0", struct.pack(">I", opening["count"]), root) == self.leaf["root"]

    def included(self, checkpoint):
        return root_from_path(self.hash, self.index, checkpoint["size"], self.path) == checkpoint["root"]

    def speaks_of(self, recording):
        return f"recording:{recording}" in self.fields.get("subjects", "").split(" ")


class NoteKey:
    """A verifier key of C2SP signed-note or tlog-cosignature."""

    def __init__(self, vkey):
        name, _, rest = vkey.partition("+")
        digits, _, encoded = rest.partition("+")
        typed = unbase64(encoded)
        if not name or not re.fullmatch("[0-9a-f]{8}", digits) or typed is None or len(typed) < 2:
            raise Refused("malformed-key")
        self.name, self.hash, self.type = name, bytes.fromhex(digits), typed[0]
        if self.type not in (1, 4):
            raise Refused("unsupported-algorithm")
        self.key = Key("ed25519", base64.urlsafe_b64encode(typed[1:]).decode().rstrip("="))
        if sha256(name.encode() + b"\n" + typed)[:4] != self.hash:
            raise Refused("malformed-key")

    def signed(self, signature, text):
        if self.type == 1:
            return self.key.signed(signature, text.encode())
        if len(signature) <= 8:
            return False
        seconds = int.from_bytes(signature[:8], "big")
        return self.key.signed(signature[8:], f"cosignature/v1\ntime {seconds}\n{text}".encode())


def note_keys(vkeys):
    known, unsupported = [], 0
    for vkey in vkeys:
        try:
            known.append(NoteKey(vkey))
        except Refused as refused:
            unsupported += refused.code == "unsupported-algorithm"
    return known, unsupported


def open_note(note):
    split = note.rfind("\n\n")
    if split < 0 or not note.endswith("\n") or len(note) > MIB:
        raise Refused("malformed-note")
    text, lines = note[: split + 1], note[split + 2 : -1].split("\n")
    if len(text) < 2 or len(lines) > 100 or any(ord(one) < 32 and one != "\n" or 127 <= ord(one) < 160 for one in text):
        raise Refused("malformed-note")
    signatures = []
    for line in lines:
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        data = unbase64(match.group(2)) if match else None
        if data is None or len(data) < 5:
            raise Refused("malformed-note")
        signatures.append((match.group(1), data[:4], data[4:]))
    return text, signatures


def parse_checkpoint(text):
    lines = text[:-1].split("\n")
    root = unbase64(lines[2]) if len(lines) > 2 else None
    whole_size = len(lines) > 2 and re.fullmatch("0|[1-9][0-9]{0,15}", lines[1]) and int(lines[1]) <= SAFE
    if not whole_size or not lines[0] or root is None or len(root) != 32 or "" in lines[3:]:
        raise Refused("malformed-checkpoint")
    return {"origin": lines[0], "size": int(lines[1]), "root": root}


# --- Sections 7 to 9: manifest, package, trust file -------------------------------------------------------------------

LONG = 200_000
MANIFEST = record(
    format=one_of(1),
    installation=UUID,
    municipality=UUID,
    recording=UUID,
    device=UUID,
    keyEpoch=whole(1, 2**31 - 1),
    enrolment=HASH,
    officer=optional(record(id=UUID, code=printable(64))),
    policy=printable(128),
    sealedAtMs=TIME,
    incomplete=FLAG,
    supplementOf=optional(HASH),
    init=optional(HASH),
    statements=listed(record(sequence=SEQUENCE, statement=HASH), LONG),
    count=whole(0, LONG),
    head=optional(HASH),
    stop=optional(TOKEN),
    gaps=listed(record(sequence=SEQUENCE, reason=TOKEN, missingMs=whole(0)), LONG),
    missing=listed(lambda value: record(**{"from": SEQUENCE, "to": SEQUENCE})(value), LONG),
    equivocations=listed(record(sequence=SEQUENCE, statements=listed(HASH, 1000)), LONG),
    track=optional(HASH),
)


def manifest_form(value):
    if not MANIFEST(value):
        return False
    sequences = [one["sequence"] for one in value["statements"]]
    ends = [-1] + [one["to"] for one in value["missing"]]
    return (
        all(a < b for a, b in zip(sequences, sequences[1:]))
        and all(one["to"] >= one["from"] > before for before, one in zip(ends, value["missing"]))
        and value["count"] == len(sequences)
        and value["head"] == (value["statements"][-1]["statement"] if sequences else None)
    )


PACKAGE = record(
    format=one_of(1),
    installation=UUID,
    municipality=UUID,
    recording=UUID,
    madeAtMs=TIME,
    exportEntry=HASH,
    members=listed(
        record(
            name=matches(r"[\x21-\x7e]{1,100}"),
            sizeBytes=whole(0, 64 * MIB),
            crc32=whole(0, 2**32 - 1),
            sha256=HASH,
        ),
        100_000,
    ),
)
PROMISE = record(format=one_of(1), origin=UUID, leafHash=HASH, promisedAtMs=TIME, includedByMs=TIME)
ENTRIES = record(format=one_of(1), entries=listed(PROOF, 20_000))
ENROLMENT = record(format=one_of(1), entry=PROOF)
EXPORT = record(
    format=one_of(1), leaf=LEAF, openings=listed(OPENING, 64), promise=matches("[A-Za-z0-9+/=]{4,65536}")
)
NOTES = record(format=one_of(1), notes=listed(record(entry=HASH, text=matches(".{0,16384}")), 20_000))

KEYS = listed(PUBLIC_KEY, 32)
VKEYS = listed(matches(r"[\x21-\x7e]{1,4096}"), 32)
TRUST = {
    "format": one_of(1),
    "installation": UUID,
    "municipality": UUID,
    "name": printable(200),
    "demonstration": FLAG,
    "madeAtMs": TIME,
    "log": record(origin=UUID, keys=VKEYS),
    "manifestKeys": KEYS,
    "packageKeys": KEYS,
    "receiptKeys": KEYS,
    "promiseKeys": KEYS,
    "witnesses": listed(record(name=printable(200), keys=VKEYS), 32),
}
PEM = matches("-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n?")
TRUST_MAY = {
    "quorum": whole(1, 32),
    "timeAuthorities": listed(record(name=printable(200), certificate=PEM), 32),
    "previousLogs": listed(record(origin=UUID, keys=VKEYS, size=whole(1), root=HASH), 32),
}


def parse_trust(data):
    try:
        text = data.decode("utf-8")
        squeezed = re.sub(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', lambda match: match.group(1) or "", text)
        value = canonical(squeezed.encode("utf-8"))
    except (UnicodeError, Refused):
        raise Refused("malformed-trust") from None
    forms = dict(TRUST, **{name: form for name, form in TRUST_MAY.items() if isinstance(value, dict) and name in value})
    if len(data) > MIB or not record(**forms)(value):
        raise Refused("malformed-trust")
    return value


MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
FIXED = {
    SHEET,
    "case.jsonld",
    "custody.pdf",
    "custody/checkpoint.txt",
    "custody/entries.json",
    "custody/export.json",
    "custody/notes.json",
    "device/enrolment.json",
    "first-manifest.json",
    "manifest.json",
    "media/init.mp4",
    "origin.json",
    "verify.html",
    SIGNATURE,
}
NUMBERED = re.compile(
    r"statements/\d{8}\.json|media/\d{8}\.m4s|files/\d{8}/\d{8}\.block|positions/\d{8}\.json|conflicts/\d{8}-[0-9a-f]{16}\.json"
    r"|timestamps/(?:manifest|checkpoint)-[a-z0-9-]{1,40}(?:\.[1-9][0-9]?){0,15}\.tsr"
)
OVER = {"manifest": "manifest.json", "checkpoint": "custody/checkpoint.txt"}


def renewed(name):
    """The older stamp that the stamp of this name renews; None for a first one."""
    older = re.sub(r"\.[0-9]+\.tsr$", ".tsr", name)
    return older if older != name else None


def sequence_of(name):
    match = re.match(r"(?:statements|media|positions|conflicts|files)/(\d{8})[./-]", name)
    return int(match.group(1)) if match else None


def local_header(entry):
    name = entry["name"].encode()
    values = (0x04034B50, 10, 0, 0, 0, 0x21, entry["crc32"], entry["size"], entry["size"], len(name), 0)
    return struct.pack("<IHHHHHIIIHH", *values) + name


def directory_header(entry):
    name = entry["name"].encode()
    far = entry["offset"] >= 0xFFFFFFFF
    version = 45 if far else 10
    extra = struct.pack("<HHQ", 1, 8, entry["offset"]) if far else b""
    offset = 0xFFFFFFFF if far else entry["offset"]
    values = (0x02014B50, version, version, 0, 0, 0, 0x21, entry["crc32"], entry["size"], entry["size"])
    return struct.pack("<IHHHHHHIII", *values) + struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, 0, offset) + name + extra


def needs_zip64(count, size, offset):
    return count >= 0xFFFF or size >= 0xFFFFFFFF or offset >= 0xFFFFFFFF


def end_records(count, size, offset):
    far = needs_zip64(count, size, offset)
    head = b""
    if far:
        head = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, offset)
        head += struct.pack("<IIQI", 0x07064B50, 0, offset + size, 1)
    short = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if far else (count, count, size, offset)
    return head + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, *short, 0)


class Archive:
    """The container (section 8). Opening it reads the end record and the directory."""

    def __init__(self, file):
        self.file = file
        self.size = file.seek(0, 2)
        if self.size < 22:
            raise Refused("truncated")
        tail = self.at(max(0, self.size - 98), 98)
        end = tail[-22:]
        if end[:4] != b"PK\x05\x06":
            raise Refused("no-end-record")
        count, size, offset = struct.unpack("<HII", end[10:20])
        far = needs_zip64(count, size, offset)
        if far:
            if len(tail) < 98:
                raise Refused("no-end-record")
            count, size, offset = struct.unpack("<QQQ", tail[32:56])
        if count > 100_000:
            raise Refused("too-many-members")
        if size > 32 * MIB:
            raise Refused("directory-too-long")
        if offset > SAFE or needs_zip64(count, size, offset) != far:
            raise Refused("end-record-differs")
        expected = offset + size + 22 + (76 if far else 0)
        if expected != self.size:
            raise Refused("truncated" if expected > self.size else "end-record-differs")
        records = end_records(count, size, offset)
        if tail[-len(records) :] != records:
            raise Refused("end-record-differs")
        self.entries = self.directory(self.at(offset, size), count)
        self.check_order(offset)
        self.by_name = {entry["name"]: entry for entry in self.entries}

    def at(self, offset, size):
        self.file.seek(offset)
        return self.file.read(size)

    @staticmethod
    def directory(data, count):
        entries, at = [], 0
        while at < len(data):
            if at + 46 > len(data):
                raise Refused("directory-differs")
            crc, _, size = struct.unpack("<III", data[at + 16 : at + 28])
            name_size, extra_size = struct.unpack("<HH", data[at + 28 : at + 32])
            raw = data[at + 46 : at + 46 + name_size]
            name = raw.decode("ascii", "replace")
            if len(name) > 100 or not MEMBER.fullmatch(name):
                raise Refused("forbidden-name")
            extra_at = at + 46 + name_size
            if extra_size == 12 and extra_at + 12 <= len(data):
                (offset,) = struct.unpack("<Q", data[extra_at + 4 : extra_at + 12])
            else:
                (offset,) = struct.unpack("<I", data[at + 42 : at + 46])
            if size > 64 * MIB:
                raise Refused("member-too-long")
            entry = {"name": name, "crc32": crc, "size": size, "offset": offset}
            header = directory_header(entry)
            if offset > SAFE or data[at : at + len(header)] != header or len(entries) == count:
                raise Refused("directory-differs")
            entries.append(entry)
            at += len(header)
        if len(entries) != count:
            raise Refused("directory-differs")
        return entries

    def check_order(self, directory_offset):
        names, expected, before = set(), 0, b""
        for place, entry in enumerate(self.entries):
            name, last = entry["name"], place == len(self.entries) - 1
            if name.lower() in names:
                raise Refused("repeated-name")
            if (name != SIGNATURE) if last else (name.encode() <= before):
                raise Refused("members-out-of-order")
            if entry["offset"] != expected:
                raise Refused("members-overlap")
            names.add(name.lower())
            before = name.encode()
            expected += 30 + len(name) + entry["size"]
        if not self.entries or expected != directory_offset:
            raise Refused("members-overlap")


# --- Section 10: verification -----------------------------------------------------------------------------------------


class Verifier:
    def __init__(self, archive, report, trust, now):
        self.archive, self.report, self.trust, self.now = archive, report, trust, now
        self.hashes, self.sums = {}, {}

    def has(self, name):
        return name in self.archive.by_name

    def read(self, name, note=True):
        """The bytes of a member, its header and CRC-32 checked; None when it is not there."""
        entry = self.archive.by_name.get(name)
        if entry is None:
            return None
        most = 64 * MIB if name.startswith(("media/", "files/")) else 24 * MIB
        if name.startswith(("statements/", "conflicts/")):
            most = 16 * 1024
        if entry["size"] > most:
            self.report.failed("container", "member-too-long", sequence_of(name))
            return None
        header = local_header(entry)
        data = self.archive.at(entry["offset"], len(header) + entry["size"])
        body = data[len(header) :]
        if data[: len(header)] != header:
            self.report.failed("container", "local-header-differs", sequence_of(name))
        elif self.sums.get(name, None if name in self.sums else zlib.crc32(body)) != entry["crc32"]:
            self.report.failed("container", "crc-differs", sequence_of(name))
        if note:
            self.hashes[name] = sha256_hex(body)
        return body

    def read_form(self, name, form):
        data = self.read(name)
        try:
            value = canonical(data) if data is not None else None
        except Refused:
            return None
        return value if value is not None and form(value) else None

    def run(self):
        self.read_content()
        claim = self.read_claim()
        self.keys = self.trust or claim
        self.check_package_signature()
        self.read_manifest()
        self.read_enrolment()
        self.read_segments()
        self.check_order()
        self.check_manifest()
        self.check_enrolment()
        self.check_checkpoint()
        self.check_inclusion()
        self.check_timestamps()
        for name in (SHEET, "case.jsonld", "custody.pdf", "verify.html"):
            self.read(name)
        self.check_members()
        self.check_origin()
        self.check_simulated()

    def read_content(self):
        self.content = self.content_envelope = None
        data = self.read(SIGNATURE, note=False)
        if data is None:
            return self.report.failed("package-signature", "member-missing")
        try:
            self.content, self.content_envelope = open_payload(data, "package", PACKAGE)
            self.sums = {one["name"]: one["crc32"] for one in self.content["members"]}
        except Refused as refused:
            self.report.failed("package-signature", refused.code)

    def read_claim(self):
        data = self.read("origin.json")
        try:
            if data is None:
                raise Refused("malformed-trust")
            return parse_trust(data)
        except Refused:
            self.report.failed("origin", "malformed-trust")
            return None

    def key_list(self, name):
        return self.keys[name] if self.keys else []

    def check_package_signature(self):
        if self.content_envelope is None:
            return
        state = self.content_envelope.state(self.key_list("packageKeys"))
        if state == "unsupported":
            self.report.skipped("package-signature", "unsupported-algorithm")
        elif state != "good":
            self.report.failed("package-signature", "bad-signature" if state == "bad" else "unknown-key")

    def read_manifest(self):
        self.manifest, self.manifest_state, self.manifest_hash = None, None, None
        data = self.read("manifest.json")
        if data is None:
            return self.report.failed("manifest", "member-missing")
        try:
            self.manifest, envelope = open_payload(data, "manifest", manifest_form)
        except Refused as refused:
            return self.report.failed("manifest", refused.code)
        self.manifest_hash = sha256_hex(data)
        self.read("first-manifest.json")
        if self.hashes.get("first-manifest.json") != self.manifest["supplementOf"]:
            self.report.failed("manifest", "first-manifest-differs")
        self.manifest_state = envelope.state(self.key_list("manifestKeys"))

    def read_enrolment(self):
        self.enrolment, self.device_key, self.simulated = None, None, None
        member = self.read_form("device/enrolment.json", ENROLMENT)
        if member is None:
            return self.report.failed("device-enrolment", "malformed-enrolment")
        try:
            entry = Entry(member["entry"])
        except Refused as refused:
            return self.report.failed("device-enrolment", refused.code)
        simulated = entry.fields.get("simulated")
        if entry.fields.get("kind") != "device.enrolled" or simulated not in ("true", "false"):
            return self.report.failed("device-enrolment", "malformed-enrolment")
        self.enrolment, self.simulated = entry, simulated == "true"
        try:
            self.device_key = Key(entry.fields.get("algorithm", ""), entry.fields.get("publicKey", ""))
        except Refused as refused:
            if refused.code == "unsupported-algorithm":
                self.device_key = "unsupported"
                self.report.skipped("device-enrolment", refused.code)
            else:
                self.report.failed("device-enrolment", refused.code)

    def read_segments(self):
        self.statements, self.conflicts = [], []
        names = [entry["name"] for entry in self.archive.entries]
        sequences = [sequence_of(name) for name in names if NUMBERED.fullmatch(name) and name.startswith("statements/")]
        for sequence in sequences:
            statement = self.read_statement(f"statements/{sequence:08d}.json", sequence)
            if statement is not None:
                self.statements.append(statement)
                self.check_media(statement)
                self.check_file(statement)
                self.check_positions(statement)
        for name in names:
            sequence = sequence_of(name)
            if sequence is None or name in self.hashes or name.startswith(("conflicts/", "statements/")):
                continue
            self.read(name)
            self.report.failed("segment-hash", "unexpected-media" if sequence in sequences else "no-statement", sequence)
        self.check_init()
        committed = [one for one in self.statements if one.kind == "media" and one.body["positions"] is not None]
        if any(not self.has(f"positions/{one.sequence:08d}.json") for one in committed):
            self.report.skipped("positions", "withheld")
        for name in names:
            if name.startswith("conflicts/") and sequence_of(name) is not None:
                statement = self.read_statement(name, sequence_of(name))
                if statement is not None:
                    self.conflicts.append(statement)

    def read_statement(self, name, sequence):
        data = self.read(name)
        try:
            if data is None:
                raise Refused("member-missing")
            statement = Statement(data)
            if statement.sequence != sequence:
                raise Refused("wrong-sequence")
        except Refused as refused:
            self.report.failed("statement-signature", refused.code, sequence)
            return None
        if self.device_key is None or self.device_key == "unsupported":
            code = "no-device-key" if self.device_key is None else "unsupported-algorithm"
            self.report.skipped("statement-signature", code, sequence)
        elif statement.envelope.signed_by(self.device_key):
            self.report.passed("statement-signature", sequence)
        else:
            self.report.failed("statement-signature", "bad-signature", sequence)
        return statement

    def check_media(self, statement):
        if statement.kind != "media":
            return
        name, media = f"media/{statement.sequence:08d}.m4s", statement.body["media"]
        data = self.read(name)
        if data is None:
            self.report.failed("segment-hash", "member-missing", statement.sequence)
        elif len(data) != media["sizeBytes"] or self.hashes[name] != media["sha256"]:
            self.report.failed("segment-hash", "altered", statement.sequence)
        else:
            self.report.passed("segment-hash", statement.sequence)

    def check_file(self, statement):
        if statement.kind != "file":
            return
        stated, whole_file, hashes = statement.body["file"], hashlib.sha256(), []
        left = stated["sizeBytes"]
        while left > 0:
            name = f"files/{statement.sequence:08d}/{len(hashes):08d}.block"
            data = self.read(name)
            if data is None or len(data) != min(left, 8 * MIB):
                code = "member-missing" if data is None else "altered"
                return self.report.failed("segment-hash", code, statement.sequence)
            whole_file.update(data)
            hashes.append(bytes.fromhex(self.hashes[name]))
            left -= len(data)
        same = sha256_hex(b"sereno-blocks-v1\0", *hashes) == stated["blocks"]
        if same and whole_file.hexdigest() == stated["sha256"]:
            self.report.passed("segment-hash", statement.sequence)
        else:
            self.report.failed("segment-hash", "altered", statement.sequence)

    def check_positions(self, statement):
        name = f"positions/{statement.sequence:08d}.json"
        if statement.kind != "media" or not self.has(name):
            return
        member = self.read_form(name, POSITIONS)
        if member is not None:
            listed_bytes = write_canonical(member["positions"]).encode()
            commitment = sha256_hex(b"sereno-positions-v1\0", bytes.fromhex(member["salt"]), listed_bytes)
            if commitment == statement.body["positions"]:
                return self.report.passed("positions", statement.sequence)
        self.report.failed("positions", "commitment-differs", statement.sequence)

    def check_init(self):
        first = next((one for one in self.statements if one.kind == "media"), None)
        self.read("media/init.mp4")
        found = self.hashes.get("media/init.mp4")
        if first is None:
            if found is not None:
                self.report.failed("segment-hash", "unexpected-media")
        elif found is None:
            self.report.failed("segment-hash", "member-missing")
        elif found != first.body["init"]:
            self.report.failed("segment-hash", "altered")
        else:
            self.report.passed("segment-hash")

    def check_order(self):
        self.facts = facts = Facts(self.statements)
        for code, found in facts.faults.items():
            for one in found:
                self.report.failed("order", code, one.sequence)
        for one in facts.skips:
            self.report.warned("order", "counter-skips", one.sequence)
        for one in facts.jumps:
            self.report.warned("order", "media-time-jumps", one.sequence)
        self.check_conflicts()
        if not any(facts.faults.values()):
            self.report.passed("order")
        incomplete = self.manifest is not None and self.manifest["incomplete"]
        tell = self.report.warned if incomplete else self.report.failed
        for gap in facts.gaps:
            self.report.warned("gaps", "gap-explained", gap["sequence"])
        for missing in facts.missing:
            tell("gaps", "sequences-missing", missing["from"])
        if not facts.missing:
            self.report.passed("gaps")
        if facts.stop is not None:
            self.report.passed("stop", facts.stop.sequence)
        else:
            tell("stop", "unterminated")

    def check_conflicts(self):
        manifest = self.manifest or {"statements": [], "equivocations": []}
        chosen = {one["statement"] for one in manifest["statements"]}
        sequences = {one["sequence"] for one in manifest["statements"]}
        declared = {
            (one["sequence"], found)
            for one in manifest["equivocations"]
            for found in one["statements"]
            if found not in chosen
        }
        found = {(one.sequence, one.hash) for one in self.conflicts}
        for pair in sorted(found):
            if pair not in declared:
                self.report.failed("order", "undeclared-statement", pair[0])
            else:
                self.report.warned("order", "equivocation" if pair[0] in sequences else "set-aside", pair[0])
        for pair in sorted(declared - found):
            self.report.failed("order", "conflict-missing", pair[0])

    def check_manifest(self):
        if self.manifest is None:
            return
        difference = self.manifest_difference()
        if difference is not None:
            self.report.failed("manifest", difference)
        if self.manifest_state == "unsupported":
            self.report.skipped("manifest", "unsupported-algorithm")
        elif self.manifest_state != "good":
            self.report.failed("manifest", "bad-signature" if self.manifest_state == "bad" else "unknown-key")
        elif difference is None:
            self.report.passed("manifest")

    def manifest_difference(self):
        manifest, facts = self.manifest, self.facts
        first = facts.statements[0].body if facts.statements else None
        same = ("recording", "device", "keyEpoch", "municipality", "installation")
        stop = facts.stop.body["reason"] if facts.stop else None
        differences = (
            ("statements-differ", manifest["statements"] != [{"sequence": one.sequence, "statement": one.hash} for one in facts.statements]),
            ("recording-differs", first is not None and any(first[name] != manifest[name] for name in same)),
            ("missing-differs", facts.missing != manifest["missing"]),
            ("gaps-differ", facts.gaps != manifest["gaps"]),
            ("stop-differs", stop != manifest["stop"]),
            ("init-differs", facts.init != manifest["init"]),
            ("incomplete-differs", facts.complete == manifest["incomplete"]),
        )
        return next((code for code, differs in differences if differs), None)

    def check_enrolment(self):
        if self.enrolment is None or self.manifest is None:
            return
        fields, manifest = self.enrolment.fields, self.manifest
        agrees = (
            fields.get("device") == manifest["device"]
            and fields.get("keyEpoch") == str(manifest["keyEpoch"])
            and fields.get("installation", manifest["installation"]) == manifest["installation"]
            and self.enrolment.leaf["municipality"] == manifest["municipality"]
            and self.enrolment.hash.hex() == manifest["enrolment"]
        )
        if agrees:
            self.report.passed("device-enrolment")
        else:
            self.report.failed("device-enrolment", "enrolment-differs")

    def check_checkpoint(self):
        self.checkpoint = None
        data = self.read("custody/checkpoint.txt")
        try:
            if data is None:
                raise Refused("member-missing")
            if self.keys is None:
                raise Refused("unknown-key")
            try:
                note = data.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("member-missing") from None
            signed = self.judge(note)
        except Refused as refused:
            if refused.code == "unsupported-algorithm":
                self.report.skipped("checkpoint", refused.code)
            else:
                self.report.failed("checkpoint", refused.code)
            return
        self.report.passed("checkpoint")
        self.check_witnesses(signed)
        self.check_seen()
        self.check_post_quantum()

    def check_post_quantum(self):
        """ML-DSA-44 is not in Debian's `cryptography`: said, not passed over."""
        types = [unbase64(vkey.split("+", 2)[2]) for vkey in self.keys["log"]["keys"] if vkey.count("+") > 1]
        algorithms = {key["algorithm"] for key in self.keys["manifestKeys"]}
        used = "ml-dsa-44" in algorithms or any(one is not None and one[:1] == b"\x06" for one in types)
        self.report.skipped("post-quantum", "unsupported-algorithm" if used else "no-such-key")

    def judge(self, note):
        text, signatures = open_note(note)
        checkpoint = parse_checkpoint(text)
        previous = next((one for one in self.keys.get("previousLogs", []) if one["origin"] == checkpoint["origin"]), None)
        log = previous or self.keys["log"]
        own, unsupported = note_keys(log["keys"])
        others = [key for witness in self.keys["witnesses"] for key in note_keys(witness["keys"])[0]]
        if checkpoint["origin"] != log["origin"]:
            raise Refused("wrong-origin")
        signed = []
        for name, key_hash, signature in signatures:
            key = next((one for one in own + others if one.name == name and one.hash == key_hash), None)
            if key is None:
                continue
            if not key.signed(signature, text):
                raise Refused("bad-signature")
            signed.append((key.name, key.hash))
        if not any(name == log["origin"] for name, _ in signed):
            raise Refused("unsupported-algorithm" if unsupported else "unknown-key")
        if previous is not None:
            at_end = checkpoint["size"] == previous["size"] and checkpoint["root"].hex() == previous["root"]
            if checkpoint["size"] >= previous["size"] and not at_end:
                raise Refused("wrong-origin")
        self.checkpoint = checkpoint
        return signed

    def check_witnesses(self, signed):
        quorum, count, unsupported = self.keys.get("quorum", 0), 0, 0
        for witness in self.keys["witnesses"]:
            known, _ = note_keys(witness["keys"])
            count += any((key.name, key.hash) in signed and key.type != 1 for key in known)
            unsupported += not known
        if quorum == 0 and count == 0:
            self.report.skipped("witnesses", "unsupported-algorithm" if unsupported else "not-witnessed")
        elif count >= quorum:
            self.report.passed("witnesses")
        elif count + unsupported >= quorum:
            self.report.skipped("witnesses", "unsupported-algorithm")
        else:
            self.report.failed("witnesses", "quorum-not-reached")

    def check_seen(self):
        for one in self.facts.statements:
            seen = one.body["checkpoint"]
            if seen is not None and seen["size"] > self.checkpoint["size"]:
                self.report.failed("order", "checkpoint-from-later", one.sequence)

    def check_inclusion(self):
        member = self.read_form("custody/entries.json", ENTRIES)
        if member is None:
            self.report.failed("inclusion", "malformed-entries")
            return self.leave_unread()
        if self.checkpoint is None:
            self.report.skipped("inclusion", "no-checkpoint")
            return self.leave_unread()
        entries = []
        for entry in [self.enrolment] * (self.enrolment is not None) + member["entries"]:
            try:
                opened = entry if isinstance(entry, Entry) else Entry(entry)
                if not opened.included(self.checkpoint):
                    raise Refused("not-included")
                entries.append(opened)
            except Refused as refused:
                self.report.failed("inclusion", refused.code)
        seal = next((one for one in entries if self.seals(one)), None)
        if seal is None:
            self.report.failed("inclusion", "manifest-not-in-ledger")
            return self.leave_unread()
        self.check_heads(entries, seal)
        for one in entries:
            if one.fields.get("kind") == "recording.quarantined" and one.speaks_of(self.manifest["recording"]):
                self.report.warned("inclusion", "quarantined")
        if self.content is None:
            return self.leave_unread()
        self.check_export(entries)
        self.check_notes(entries)
        if not self.report.has("inclusion", "failed"):
            self.report.passed("inclusion")

    def leave_unread(self):
        self.read("custody/export.json")
        self.read("custody/notes.json")

    def seals(self, entry):
        return (
            self.manifest is not None
            and entry.leaf["municipality"] == self.manifest["municipality"]
            and entry.fields.get("kind") == "recording.sealed"
            and entry.fields.get("recording") == self.manifest["recording"]
            and entry.fields.get("manifest") == self.manifest_hash
        )

    def check_heads(self, entries, seal):
        sealed = {(str(one["sequence"]), one["statement"]) for one in self.manifest["statements"]}
        for one in self.manifest["equivocations"]:
            sealed |= {(str(one["sequence"]), found) for found in one["statements"]}
        for one in entries:
            is_head = one.fields.get("kind") == "recording.head" and one.speaks_of(self.manifest["recording"])
            if is_head and one.index < seal.index and (one.fields.get("sequence"), one.fields.get("head")) not in sealed:
                self.report.failed("inclusion", "head-differs")

    def exports(self, entry):
        return (
            entry.leaf["municipality"] == self.manifest["municipality"]
            and entry.fields.get("kind") == "recording.exported"
            and entry.fields.get("allowed") == "true"
            and entry.speaks_of(self.manifest["recording"])
        )

    def check_export(self, entries):
        named = self.content["exportEntry"]
        proved = next((one for one in entries if one.hash.hex() == named), None)
        if proved is not None:
            if not self.exports(proved):
                self.report.failed("inclusion", "export-differs")
            return
        if not self.has("custody/export.json"):
            return self.report.failed("inclusion", "export-not-proved")
        member = self.read_form("custody/export.json", EXPORT)
        try:
            data = unbase64(member["promise"]) if member is not None else None
            if data is None:
                raise Refused("malformed-export")
            promise, envelope = open_payload(data, "promise", PROMISE)
        except Refused:
            return self.report.failed("inclusion", "malformed-export")
        try:
            entry = Entry({"leaf": member["leaf"], "openings": member["openings"], "index": 0, "proof": []})
        except Refused as refused:
            return self.report.failed("inclusion", refused.code)
        found = entry.hash.hex()
        same = found == named == promise["leafHash"] and promise["origin"] == self.checkpoint["origin"]
        if not same or not self.exports(entry):
            return self.report.failed("inclusion", "export-differs")
        state = envelope.state(self.key_list("promiseKeys"))
        if state == "unsupported":
            self.report.skipped("inclusion", "unsupported-algorithm")
        elif state == "good":
            self.report.warned("inclusion", "export-promised")
        else:
            self.report.failed("inclusion", "export-not-proved")

    def check_notes(self, entries):
        if not self.has("custody/notes.json"):
            return
        member = self.read_form("custody/notes.json", NOTES)
        if member is None:
            return self.report.failed("inclusion", "malformed-notes")
        by_hash = {one.hash.hex(): one for one in entries}
        for note in member["notes"]:
            entry = by_hash.get(note["entry"])
            if entry is None or entry.fields.get("note") != sha256_hex(note["text"].encode()):
                self.report.failed("inclusion", "note-differs")

    def check_timestamps(self):
        """The first stamps, then what renews them, by the authorities of the trust file (section 13)."""
        names = [entry["name"] for entry in self.archive.entries if entry["name"].startswith("timestamps/")]
        stamps = sorted((name for name in names if NUMBERED.fullmatch(name)), key=lambda name: name.count("."))
        if not stamps:
            self.report.skipped("timestamps", "not-stamped")
        authorities = (self.keys or {}).get("timeAuthorities", [])
        good = {}
        for name in stamps:
            data, older = self.read(name), renewed(name)
            over = self.hashes.get(older or OVER[re.split("[/-]", name)[1]])
            if data is None or over is None:
                self.report.failed("timestamps", "member-missing")
            elif not authorities:
                self.report.skipped("timestamps", "no-authority")
            else:
                self.check_timestamp(name, data, bytes.fromhex(over), good, good.get(older))
        for name, until in ((name, stamp[2]) for name, stamp in good.items()):
            ended = until < self.now and name not in map(renewed, good)
            if self.trust is None:
                self.report.warned("timestamps", "authority-claimed")
            elif ended:
                self.report.warned("timestamps", "certificate-ended")
            else:
                self.report.passed("timestamps")

    def check_timestamp(self, name, data, sha, good, older):
        try:
            stamp = rfc3161.judge(data, sha, self.keys["timeAuthorities"])
            if older is None and renewed(name) is not None:
                self.report.skipped("timestamps", "renews-unchecked")
                return
            if older is not None and stamp[1] < older[1]:
                raise rfc3161.BadStamp("renewed-before")
            if older is not None and stamp[1] > older[2]:
                raise rfc3161.BadStamp("renewed-too-late")
            good[name] = stamp
        except rfc3161.BadStamp as bad:
            tell = self.report.skipped if bad.code == "unsupported-algorithm" else self.report.failed
            tell("timestamps", bad.code)

    def check_members(self):
        present = self.archive.entries[:-1]
        signed = self.content["members"] if self.content else None
        for place, entry in enumerate(present):
            name, segment = entry["name"], sequence_of(entry["name"])
            known = name in FIXED or NUMBERED.fullmatch(name)
            if not known or name not in self.hashes:
                self.report.failed("container", "unexpected-member", segment)
                self.read(name)
            if signed is None:
                continue
            one = signed[place] if place < len(signed) else None
            if one is None or one["name"] != name or one["sizeBytes"] != entry["size"]:
                self.report.failed("package-signature", "members-differ", segment)
            elif one["sha256"] != self.hashes.get(name):
                self.report.failed("package-signature", "altered", segment)
        for one in (signed or [])[len(present) :]:
            self.report.failed("package-signature", "member-missing", sequence_of(one["name"]))
        if not self.report.has("package-signature", "failed", "not-checked"):
            self.report.passed("package-signature")
        if not self.report.has("container", "failed"):
            self.report.passed("container")

    def check_origin(self):
        about = [one for one in (self.manifest, self.content) if one is not None]
        if len(about) == 2 and self.content["recording"] != self.manifest["recording"]:
            self.report.failed("package-signature", "other-recording")
        if self.trust is None:
            self.report.skipped("origin", "no-trust-file")
        elif any(one[name] != self.trust[name] for one in about for name in ("installation", "municipality")):
            self.report.failed("origin", "other-installation")
        else:
            self.report.passed("origin")

    def check_simulated(self):
        if self.simulated is None:
            self.report.skipped("simulated", "no-enrolment")
        elif not self.simulated:
            self.report.passed("simulated")
        elif self.trust is not None and not self.trust["demonstration"]:
            self.report.failed("simulated", "simulated-in-real-installation")
        else:
            self.report.warned("simulated", "simulated")


def verify(file, trust, now=None):
    """The result and the checks of one package."""
    report = Report()
    try:
        archive = Archive(file)
        if archive.entries[0]["name"] != SHEET or "manifest.json" not in archive.by_name:
            raise Refused("members-missing")
    except Refused as refused:
        report.failed("container", refused.code)
        file.seek(0)
        start = file.read(64)
        is_package = start[:4] == b"PK\x03\x04" and start[30 : 30 + len(SHEET)] == SHEET.encode()
        return ("fails" if is_package else "not-a-package"), report.checks, False
    verifier = Verifier(archive, report, trust, now or datetime.now(timezone.utc))
    verifier.run()
    checks = report.checks
    if any(one["status"] == "failed" for one in checks):
        result = "fails"
    elif trust is None or any(one["status"] == "not-checked" and one["id"] in ESSENTIAL for one in checks):
        result = "origin-not-established"
    else:
        result = "holds"
    return result, checks, verifier.simulated is True


# --- Section 14: clips and stills -------------------------------------------------------------------------------------

ANY = whole(0)
PART = record(
    sequence=ANY, statement=HASH, media=HASH, sizeBytes=whole(0, 16 * MIB), startMs=ANY, durationMs=ANY
)
DERIVATIVE = {
    "format": one_of(1),
    "derivative": UUID,
    "installation": UUID,
    "municipality": UUID,
    "case": UUID,
    "recording": UUID,
    "device": UUID,
    "by": UUID,
    "madeAtMs": TIME,
    "sha256": HASH,
    "sizeBytes": ANY,
    "parentManifest": HASH,
    "ofSequences": ANY,
}
CLIP = record(
    **DERIVATIVE,
    kind=one_of("clip"),
    method=one_of("whole-segments"),
    askedFromMs=ANY,
    askedToMs=ANY,
    init=record(sha256=HASH, sizeBytes=whole(0, 64 * 1024)),
    segments=listed(PART, 1000),
)
STILL = record(
    **DERIVATIVE,
    kind=one_of("still"),
    method=one_of("drawn-by-viewer"),
    atMs=ANY,
    look=UUID,
    width=whole(1, 100_000),
    height=whole(1, 100_000),
    segment=PART,
)


def verify_derivative(file, data, trust):
    """The result and the checks of a clip or a still by its lineage."""
    report = Report()
    try:
        if len(data) > 8 * MIB:
            raise Refused("member-too-long")
        lineage, envelope = open_payload(data, "derivative", lambda value: CLIP(value) or STILL(value))
    except Refused as refused:
        report.failed("lineage", refused.code)
        return "not-a-derivative", report.checks
    report.passed("lineage")
    if trust is None:
        report.skipped("lineage-signature", "no-trust-file")
        report.skipped("origin", "no-trust-file")
    else:
        check_lineage_signature(report, lineage, envelope, trust)
    check_derivative_bytes(report, file, lineage)
    if lineage["kind"] == "still":
        report.warned("cut", "drawn-by-viewer", lineage["segment"]["sequence"])
    elif lineage["segments"]:
        report.add("cut", "passed", "whole-segments")
    report.skipped("camera", "in-package")
    if any(one["status"] == "failed" for one in report.checks):
        return "fails", report.checks
    is_open = trust is None or report.has("lineage-signature", "not-checked")
    return ("origin-not-established" if is_open else "holds"), report.checks


def check_lineage_signature(report, lineage, envelope, trust):
    state = envelope.state(trust["manifestKeys"])
    if state == "good":
        report.passed("lineage-signature")
    elif state == "unsupported":
        report.skipped("lineage-signature", "unsupported-algorithm")
    else:
        report.failed("lineage-signature", "bad-signature" if state == "bad" else "unknown-key")
    if all(lineage[name] == trust[name] for name in ("installation", "municipality")):
        report.passed("origin")
    else:
        report.failed("origin", "other-installation")


def check_derivative_bytes(report, file, lineage):
    whole_file, size = hashlib.sha256(), 0

    def take(count):
        nonlocal size
        data = file.read(count)
        whole_file.update(data)
        size += len(data)
        return data

    def tell(right, segment):
        if right:
            report.passed("segment-hash", segment)
        else:
            report.failed("segment-hash", "altered", segment)

    if lineage["kind"] == "clip":
        tell(sha256_hex(take(lineage["init"]["sizeBytes"])) == lineage["init"]["sha256"], None)
        before = -1
        for part in lineage["segments"]:
            tell(sha256_hex(take(part["sizeBytes"])) == part["media"], part["sequence"])
            if not before < part["sequence"] < lineage["ofSequences"]:
                report.failed("segment-hash", "wrong-sequence", part["sequence"])
            before = part["sequence"]
        rest = take(MIB)
        if not lineage["segments"] or rest:
            report.failed("segment-hash", "unexpected-media" if lineage["segments"] else "member-missing")
    while take(MIB):
        pass
    if size == lineage["sizeBytes"] and whole_file.hexdigest() == lineage["sha256"]:
        report.passed("file-hash")
    else:
        report.failed("file-hash", "altered")


def main():
    parser = argparse.ArgumentParser(prog="verify.py", description="Verifies a Sereno evidence package offline.")
    parser.add_argument("file", help="a package, or a clip (.mp4) or still (.png)")
    parser.add_argument("lineage", nargs="?", help="of the clip or still")
    parser.add_argument("--trust")
    parser.add_argument("--json", action="store_true")
    try:
        call = parser.parse_args()
    except SystemExit as stop:
        sys.exit(64 if stop.code else 0)
    try:
        trust = None
        if call.trust is not None:
            with open(call.trust, "rb") as file:
                trust = parse_trust(file.read())
        with open(call.file, "rb") as file:
            if call.lineage is None:
                result, checks, simulated = verify(file, trust)
            else:
                with open(call.lineage, "rb") as lineage:
                    result, checks = verify_derivative(file, lineage.read(), trust)
                simulated = False
    except (OSError, Refused) as error:
        print(f"{error}", file=sys.stderr)
        sys.exit(66)
    if call.json:
        print(json.dumps({"result": result, "exitCode": EXIT[result], "simulated": simulated, "checks": checks}))
    else:
        if simulated:
            print("SIMULATED")
        for one in checks:
            if one["code"] is not None:
                place = "" if one["segment"] is None else f" segment {one['segment']}"
                print(f"{one['status']:12} {one['id']}{place}: {one['code']}")
        print(result)
    sys.exit(EXIT[result])


if __name__ == "__main__":
    main()
