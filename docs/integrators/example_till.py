"""A till in a few lines: pair, attach a customer, check the basket, report the sale.

Needs httpx only. Pair once, keep the token, then sell:

    python example_till.py https://hub.shop.example pair 7K2M-9QTD-XW4R > token.txt
    python example_till.py https://hub.shop.example sell token.txt CUSTOMER-CODE NUMBER BARCODE…
"""

import json
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

#: A hub that does not answer is asked again after so many seconds, with the same key.
WAITS = (0.0, 1.0, 5.0)
_BUSY = frozenset({408, 429, 500, 502, 503, 504})


class Till:
    """One paired till. The customer is known here by a handle that ends after ten minutes."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": "nl"}

    @classmethod
    def pair(cls, client: httpx.Client, code: str) -> str:
        """Trade a one-time code for the token, which is shown this once: keep it safe."""
        answer = client.post("/api/v1/pair", json={"code": code})
        return str(answer.raise_for_status().json()["token"])

    def attach(self, code: str) -> dict[str, Any]:
        """Attach who shows a code, card or pass, or tells an e-mail address or phone number."""
        return self._post("/attachments", {"code": code})

    def confirm(self, attachment: str) -> dict[str, Any]:
        """Say that the customer was asked, and that it is them."""
        return self._post(f"/attachments/{attachment}/confirm", {})

    def check(self, attachment: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """Ask which lines meet an allergy. Show `say`, and every warning, before the payment."""
        return self._post(f"/attachments/{attachment}/check", {"lines": lines})

    def sale(
        self, number: str, lines: list[dict[str, Any]], attachment: str | None = None
    ) -> dict[str, Any]:
        """Report a completed sale; without an answer, the same again with the same key."""
        at = datetime.now(UTC).isoformat()
        body = {"number": number, "at": at, "lines": lines, "attachment": attachment}
        return self._post("/sales", body, key=str(uuid.uuid4()))

    def void(self, number: str) -> dict[str, Any]:
        """Take a whole sale back."""
        return self._post("/sales/void", {"number": number}, key=str(uuid.uuid4()))

    def release(self, attachment: str) -> None:
        """Forget the customer: the sale is over."""
        address = f"/api/v1/till/attachments/{attachment}"
        self._client.delete(address, headers=self._headers).raise_for_status()

    def _post(self, path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """Send, and answer what came; only what carries a key may be sent again.

        Raises:
            httpx.HTTPError: it was refused (the sentence is in `detail`), or never answered.
        """
        headers = self._headers | ({} if key is None else {"Idempotency-Key": key})
        # Made once: the same key must come with the same bytes.
        content = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
        for number, wait in enumerate(WAITS, start=1):
            time.sleep(wait)
            again = key is not None and number < len(WAITS)
            try:
                answer = self._client.post(f"/api/v1/till{path}", content=content, headers=headers)
            except httpx.TransportError:
                if not again:
                    raise
                continue
            if not (again and answer.status_code in _BUSY):
                answer.raise_for_status()
                return dict(answer.json())
        raise httpx.TransportError("The hub did not answer.")


def main(arguments: list[str]) -> int:
    """Pair, or sell one of each barcode to the customer with this code."""
    hub, act, *rest = arguments
    with httpx.Client(base_url=hub, timeout=10) as client:
        if act == "pair":
            sys.stdout.write(Till.pair(client, rest[0]) + "\n")
            return 0
        token_file, customer, number, *barcodes = rest
        till = Till(client, Path(token_file).read_text(encoding="utf-8").strip())
        lines = [{"code": barcode, "name": barcode, "quantity": 1} for barcode in barcodes]
        attachment = str(till.attach(customer)["attachment"])
        sys.stdout.write(till.check(attachment, lines)["say"] + "\n")
        kept = till.sale(number, lines, attachment)
        sys.stdout.write(f"{kept['because']}\n")
        till.release(attachment)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
