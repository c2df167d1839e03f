"""Check a receipt without the shop: `python check_receipt.py RECEIPT.json SHOP.vkeys`.

Needs Python 3.11 and two libraries: pip install cryptography rfc8785. SHOP.vkeys are the two lines
that the shop publishes at /receipts/keys; fetch them another way than the receipt. Steps as in
verify.md.
"""

import base64
import hashlib
import json
import sys

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def must(holds, else_what):
    if not holds:
        raise ValueError(else_what)


def once(pairs):
    must(len(dict(pairs)) == len(pairs), "a name stands twice")
    return dict(pairs)


def binary(text):
    raw = base64.b64decode(text, validate=True)
    must(base64.b64encode(raw).decode() == text, "base64 with another spelling")
    return raw


def sha256(data):
    return hashlib.sha256(data).digest()


def read_keys(text):
    """Name+hash+base64(0x01 || key): the name says what the key is for."""
    keys = {}
    for line in text.split():
        name, hashed, encoded = line.split("+", 2)
        key = binary(encoded)
        must(sha256(name.encode() + b"\n" + key)[:4].hex() == hashed, "a damaged key")
        keys[name.split("/")[1]] = (name, key[1:])
    return keys


def root_from(leaf, index, size, path):
    """Return the root to which a path leads (RFC 9162, section 2.1.3.2)."""
    node, last, found = index, size - 1, leaf
    must(0 <= node <= last, "no such entry")
    for step in path:
        must(last > 0, "the path is too long")
        if node % 2 or node == last:
            found = sha256(b"\x01" + step + found)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            found = sha256(b"\x01" + found + step)
        node, last = node // 2, last // 2
    must(last == 0, "the path is too short")
    return found


def check(receipt, keys):
    # 1 The receipt is what the shop signed.
    unsigned = {name: value for name, value in receipt.items() if name != "signature"}
    shop = Ed25519PublicKey.from_public_bytes(keys["receipts"][1])
    shop.verify(binary(receipt["signature"]), rfc8785.dumps(unsigned))
    # 2 The checkpoint is signed by the shop's log (C2SP signed note).
    name, key = keys["log"]
    text, _, signatures = receipt["checkpoint"].partition("\n\n")
    origin, size, root = text.split("\n")[:3]
    must(origin == name, "the checkpoint is of another log")
    signature = binary(signatures.split("\n")[0].removeprefix(f"\u2014 {name} "))
    must(signature[:4] == sha256(name.encode() + b"\n\x01" + key)[:4], "signed with another key")
    Ed25519PublicKey.from_public_bytes(key).verify(signature[4:], (text + "\n").encode())
    for item in receipt["records"] + receipt.get("events", []):
        entry, record = item["entry"], item.get("record")
        # 3 The log entry commits to exactly this record, of exactly this person.
        must(entry["about"] == receipt["pii_principal_id"], "an entry about somebody else")
        if record is not None:
            logged = sha256(rfc8785.dumps(record)).hex()
            must(entry["detail"]["sha256"] == logged, "a record that was not logged")
            must(entry["kind"] == "consent." + record["event_state"], "another kind of event")
        opened = {name: entry[name] for name in ("about", "actor", "detail")}
        leaf = {name: entry[name] for name in ("index", "kind", "at")}
        committed = sha256(binary(entry["salt"]) + rfc8785.dumps(opened)).hex()
        leaf = rfc8785.dumps({"v": 1, "commitment": committed, **leaf})
        # 4 The entry is in the log that the checkpoint covers.
        path = [binary(step) for step in entry["path"]]
        found = root_from(sha256(b"\x00" + leaf), entry["index"], int(size), path)
        must(found == binary(root), "an entry that is not in the log")
    return int(size)


def main(receipt_path, keys_path):
    try:
        with open(receipt_path, encoding="utf-8") as file:
            receipt = json.load(file, object_pairs_hook=once)
        with open(keys_path, encoding="utf-8") as file:
            size = check(receipt, read_keys(file.read()))
    except (InvalidSignature, KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        print(f"Does NOT hold: {str(error) or type(error).__name__}")
        return 1
    for item in receipt["records"]:
        record = item["record"]
        print(record["event_time"], record["purpose"], record["event_state"])
    for item in receipt.get("events", []):
        print(item["entry"]["at"], item["entry"]["kind"])
    print(f"Holds: signed by the shop, and in its log of {size} entries. Not what came later.")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
