"""Receipts: taking one out (as it was signed, as JSON-LD, as PDF), and checking one."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError

if TYPE_CHECKING:
    from web.public.files import Form


def add_receipt(consents: Parsers) -> None:
    """Add `consent receipt` to the commands about one customer's consents."""
    receipt = add_command(
        consents,
        "receipt",
        run_consent_receipt,
        "Write a receipt out: as it was signed, as JSON-LD or as PDF (the read is logged)",
        "consent receipt 0b9f… --pdf --out receipt.pdf",
    )
    receipt.add_argument("id", help="of the receipt, or of the customer: then the newest one")
    form = receipt.add_mutually_exclusive_group()
    form.add_argument("--pdf", action="store_true", help="needs --out and the extra `pdf`")
    form.add_argument("--jsonld", action="store_true")
    receipt.add_argument(
        "--out", type=Path, metavar="FILE", help="a new file; without it: standard output"
    )
    receipt.add_argument(
        "--language", choices=("nl", "en"), help="of the PDF; default: that of the consent"
    )


def add_receipt_options(verify: argparse.ArgumentParser) -> None:
    """Let `log verify` check a receipt instead of the whole log."""
    verify.add_argument(
        "--receipt", type=Path, metavar="FILE", help="check this receipt instead of the whole log"
    )
    verify.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="with --receipt: the shop's published keys (/receipts/keys); needs no data folder",
    )


def run_receipt_check(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.service.receipts import check_file

    if args.receipt is None:
        raise UsageError("--key goes with --receipt. The log is verified with the shop's own key.")
    office = None if args.key is not None else open_home(home_path(), inspecting=True).office
    checked = check_file(office, args.receipt, key=args.key, against=args.against)
    emit(args, checked, checked.summary)
    if checked.ok and args.against is not None and checked.compared_with is None:
        return PartlyDoneError.exit_code
    return 0 if checked.ok else 1


def run_consent_receipt(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.oversight.timeline import receipt_of
    from web.app import create_app
    from web.public.files import Form, content_of

    form = Form.PDF if args.pdf else Form.JSONLD if args.jsonld else Form.JSON
    if form is Form.PDF and args.out is None:
        raise UsageError("A PDF is no text for a terminal. Name a file with --out.")
    if args.json and form is not Form.JSON:
        raise UsageError("Choose one of --json, --jsonld and --pdf.")
    home = open_home(home_path())
    receipt = receipt_of(home.office, args.id, reader="command")
    spoken = next((item["record"]["language"] for item in receipt["records"]), None)
    hub = home.config.hub
    at = home.office.processing.address or f"http://{hub.host}:{hub.port}"
    with create_app(home, None).app_context():
        content = content_of(receipt, form, args.language or spoken or "nl", at)
    _write(args.out, content, form)
    return 0


def _write(target: Path | None, content: bytes, form: "Form") -> None:
    if target is None:
        sys.stdout.write(content.decode())
        return
    try:
        # For the owner alone, and never over another file.
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageError(f"{target} is there already. Choose another name.") from error
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from error
    print(f"{target}: the receipt as {form}.")
