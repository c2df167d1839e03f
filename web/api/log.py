"""The log for everybody, `/log/v1`: checkpoints and proofs, and where witnesses bring cosignatures.

Sizes, hashes and signatures only (R47): nothing here says whom an entry is about, or even its kind.
"""

import base64
from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consent.clock import stamp
from consent.errors import LedgerError
from consent.log import ledger, witnesses
from web.context import current_hub
from web.errors import answer
from web.limits import limited

blueprint = Blueprint("api_log", __name__, url_prefix="/log/v1")

#: A checkpoint with a few signature lines is a tenth of that.
_LONGEST_NOTE = 16_384
_LONGEST_NUMBER = 15
_READS = "120 per minute"


@blueprint.get("/checkpoint")
@limited(_READS, methods=("GET",))
def checkpoint() -> ResponseReturnValue:
    """Return the newest checkpoint as a C2SP signed note."""
    with current_hub().databases.identity.read() as identity:
        return _note(ledger.latest_checkpoint(identity).note)


@blueprint.get("/checkpoint/cosigned")
@limited(_READS, methods=("GET",))
def cosigned() -> ResponseReturnValue:
    """Return the longest checkpoint that a witness cosigned, with the cosignatures."""
    with current_hub().databases.identity.read() as identity:
        newest = witnesses.cosigned_checkpoint(identity)
    if newest is None:
        return answer(404, "no_cosignature", gettext("No witness has cosigned this log yet."))
    return _note(newest.note)


@blueprint.get("/proof/consistency")
@limited(_READS, methods=("GET",))
def consistency() -> ResponseReturnValue:
    """Prove that the log of `new` entries begins with that of `old` (RFC 9162 §2.1.4)."""
    old, new = _number("old"), _number("new")
    if old is None or new is None or old > new:
        return _not_understood("?old=…&new=…")
    with current_hub().databases.identity.read() as identity:
        if new > ledger.size(identity):
            return _no_such_size()
        try:
            path = ledger.consistency_proof(identity, old, new)
        except LedgerError as error:
            return answer(409, "unproven", str(error))
    return jsonify(old=old, new=new, path=_encoded(path))


@blueprint.get("/proof/inclusion")
@limited(_READS, methods=("GET",))
def inclusion() -> ResponseReturnValue:
    """Prove that an entry is in the log of `size` entries (RFC 9162 §2.1.3), by its number."""
    index, size = _number("index"), _number("size")
    if index is None or size is None or index >= size:
        return _not_understood("?index=…&size=…")
    with current_hub().databases.identity.read() as identity:
        if size > ledger.size(identity):
            return _no_such_size()
        try:
            path = ledger.inclusion_proof(identity, index, size)
        except LedgerError as error:
            return answer(409, "unproven", str(error))
    return jsonify(index=index, size=size, path=_encoded(path))


@blueprint.post("/cosignatures")
@limited("30 per minute")
def cosignatures() -> ResponseReturnValue:
    """Take a checkpoint of this log with the line of a registered witness."""
    hub = current_hub()
    if (request.content_length or 0) > _LONGEST_NOTE:
        return answer(413, "too_large", gettext("A note is not as large as that."))
    note = request.get_data().decode("utf-8", "replace")
    with hub.databases.identity.write() as identity:
        taken = witnesses.take_cosignature(identity, note, hub.now())
    return jsonify(witness=taken.witness, size=taken.size, at=stamp(taken.at))


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    plain = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain else None


def _encoded(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(step).decode("ascii") for step in path]


def _note(text: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _not_understood(form: str) -> ResponseReturnValue:
    sentence = gettext("Send %(form)s as whole numbers, the smaller one first.", form=form)
    return answer(400, "bad_request", sentence)


def _no_such_size() -> ResponseReturnValue:
    return answer(404, "no_such_size", gettext("The log is not as long as that."))
