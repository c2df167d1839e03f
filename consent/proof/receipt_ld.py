"""A receipt as JSON-LD: Kantara v1.1's names on the outside, a DPV record for each purpose inside.

Everything in it is derived from the signed receipt, which it carries whole (`signed_receipt`): who
checks it derives the rest anew and compares. The context stands in the document, so that reading it
needs no network. docs/privacy/receipts.md lists the mapping, name by name.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from consent.canonical import canonical
from consent.clock import parse
from consent.errors import ReceiptError

CONTEXT_NAME = "receipt-2.jsonld"

_STATES = {
    "given": "dpv:ConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
    "expired": "dpv:ConsentExpired",
}
_BASES = {
    "GDPR 6(1)(a)": "gdpr:A6-1-a",
    "GDPR 6(1)(b)": "gdpr:A6-1-b",
    "GDPR 9(2)(a)": "gdpr:A9-2-a",
}


@cache
def context_text() -> str:
    """Return the `@context` document as it is served and shipped."""
    file = resources.files("consent.proof").joinpath("contexts", CONTEXT_NAME)
    return file.read_text(encoding="utf-8")


def as_jsonld(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON-LD of a receipt of any version."""
    records = [item["record"] for item in receipt["records"]]
    first = records[0] if records else None
    shop = receipt["controller"]
    document = {
        **json.loads(context_text()),
        "@id": f"urn:uuid:{receipt['receipt_id']}",
        "@type": "ConsentReceipt",
        "version": "KI-CR-v1.1.0",
        "consentReceiptID": receipt["receipt_id"],
        "consentTimestamp": int(parse(receipt["issued_at"]).timestamp()),
        "publicKey": receipt["receipt_key"],
        "piiPrincipalId": receipt["pii_principal_id"],
        "piiControllers": [
            {
                "piiController": shop["name"],
                "address": shop["address"],
                "contact": shop["contact"],
                "dpo": shop["dpo"],
            }
        ],
        "services": [{"service": shop["name"], "purposes": [_purpose(r) for r in records]}],
        "sensitive": any(record["special_category"] for record in records),
        "spiCat": sorted(
            {pii for record in records if record["special_category"] for pii in record["pii_type"]}
        ),
        "records": [_record(record) for record in records],
        "signed_receipt": receipt,
    }
    if first is not None:
        document["jurisdiction"] = first["jurisdiction"]
        document["collectionMethod"] = first["collection_method"]
        document["language"] = first["language"]
        if (first["privacy_notice"] or {}).get("uri"):
            document["policyUrl"] = first["privacy_notice"]["uri"]
    return document


def signed_part(body: dict[str, Any]) -> dict[str, Any]:
    """Return the signed receipt in what was handed in: it itself, or what its JSON-LD carries.

    Raises:
        ReceiptError: the JSON-LD around it says something else than what was signed.
    """
    if "signed_receipt" not in body:
        return body
    receipt = body["signed_receipt"]
    try:
        same = canonical(as_jsonld(receipt)) == canonical(body)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ReceiptError("This is JSON-LD, but the receipt in it is not whole.") from error
    if not same:
        raise ReceiptError(
            "The readable part of this file says something else than the receipt that was signed. "
            "Do not trust it; check `signed_receipt` alone."
        )
    signed: dict[str, Any] = receipt
    return signed


def _purpose(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a purpose with the names of Kantara v1.1."""
    return {
        "purpose": record["purpose"],
        "purposeCategory": [record["purpose_type"]],
        "consentType": "EXPLICIT",
        "piiCategory": record["pii_type"],
        "primaryPurpose": not record["pii_optional"],
        "termination": record["retention_period"],
        "thirdPartyDisclosure": bool(record["recipients"]),
        "thirdPartyName": ", ".join(record["recipients"]),
    }


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the names of ISO/IEC TS 27560, which the context maps to DPV."""
    return {
        "@id": f"urn:uuid:{record['record_id']}",
        "@type": "ConsentRecord",
        **record,
        "event_state": _STATES.get(record["event_state"], record["event_state"]),
        "lawful_basis": [_BASES.get(basis, basis) for basis in record["lawful_basis"]],
    }
