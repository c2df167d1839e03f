"""A new pass for a customer who lost theirs: staff say who it is, then the kiosk takes pictures.

    1 allow   staff checked who it is: a code, good for one kiosk visit within ten minutes
    2 begin   the customer types it at the kiosk, and it is used up
    3 end     only if the pass may be in other hands: what it opens goes at once
    4 (enrolment.renew) the new template takes the place of the old one

Not by the receipt's code: whoever found a receipt could put their own face in the customer's place.
Codes live in the hub's memory, as hashes; a restart voids them all (docs/decisions/0149).
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from clienteling.access.codes import code_hash, new_code
from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.templates import template_rows
from consent.canonical import JSON
from consent.errors import ConsentMissingError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for
from consent.rights.requests import Identity

#: How long a code may be used.
CODE_LIFETIME: Final = timedelta(minutes=10)
#: How staff may check who it is. Not by the receipt's code: a receipt can be found.
CHECKS: Final = (Identity.DOCUMENT, Identity.EMAIL, Identity.KNOWN)
_GROUPS: Final = 2


@dataclass(frozen=True, slots=True)
class _Allowed:
    subject_id: str = field(repr=False)
    until: datetime


class NewPassDesk:
    """The codes of one shop. Every method may be called from any thread."""

    def __init__(self, office: Office) -> None:
        """Start with none."""
        self._office = office
        self._codes: dict[str, _Allowed] = {}
        self._lock = threading.Lock()

    def allow(self, subject_id: str, checked: Identity, *, actor: str) -> str:
        """Return a one-time code, like `7K2M-9QTD`; an earlier one of this customer ends.

        Args:
            subject_id: Whose pass.
            checked: How it was checked that it is them; one of `CHECKS`.
            actor: Who checked it.

        Raises:
            ConsentMissingError: the consent to be recognised does not stand, or the check is none.
        """
        if checked not in CHECKS:
            raise ConsentMissingError("Check who it is first; a receipt's code is not enough.")
        with self._office.databases.identity.write() as identity:
            self._require_consent(identity, subject_id)
            detail: dict[str, JSON] = {"checked": checked.value}
            self._log(identity, EventKind.NEW_PASS_ALLOWED, subject_id, actor, detail)
        code = new_code(_GROUPS)
        allowed = _Allowed(subject_id, self._office.now() + CODE_LIFETIME)
        with self._lock:
            others = {h: one for h, one in self._codes.items() if one.subject_id != subject_id}
            self._codes = others | {_hash(code): allowed}
        return code

    def begin(self, code: str, *, actor: str) -> str | None:
        """Use a code up; return whose it was, or None: wrong, used, too old, or consent ended."""
        now = self._office.now()
        with self._lock:
            self._codes = {h: one for h, one in self._codes.items() if one.until > now}
            allowed = self._codes.pop(_hash(code), None)
        if allowed is None:
            return None
        try:
            with self._office.databases.identity.write() as identity:
                self._require_consent(identity, allowed.subject_id)
                self._log(identity, EventKind.NEW_PASS_BEGUN, allowed.subject_id, actor, {})
        except ConsentMissingError:
            return None
        return allowed.subject_id

    def end(self, subject_id: str, *, actor: str) -> None:
        """Let a pass that may be in other hands open nothing from now on; the consent stands.

        1 recorded  no alias leads to the template, and the log tells the cameras to drop it
        2 removed   the sealed template goes; of a process that dies before, the sweeper removes it
        """
        with self._office.databases.identity.write() as identity:
            aliases = [
                row.alias for row in template_rows(identity, subject_id, {Purpose.RECOGNISE})
            ]
            if not aliases:
                return
            identity.execute(delete(AliasRow).where(AliasRow.alias.in_(aliases)))
            detail: dict[str, JSON] = {"aliases": [*aliases]}
            self._log(identity, EventKind.TEMPLATE_REMOVED, subject_id, actor, detail)
        self._office.after_step("recorded")
        with self._office.databases.templates.write() as templates:
            templates.execute(delete(TemplateRow).where(TemplateRow.alias.in_(aliases)))
        self._office.databases.templates.scrub()

    def _require_consent(self, identity: Session, subject_id: str) -> None:
        if grant_for(identity, subject_id, Purpose.RECOGNISE, self._office.now()) is None:
            raise ConsentMissingError(
                "This customer's consent to be recognised does not stand. They can give it at the "
                "kiosk."
            )

    def _log(
        self,
        identity: Session,
        kind: EventKind,
        subject_id: str,
        actor: str,
        detail: dict[str, JSON],
    ) -> None:
        ledger.append(
            identity,
            self._office.ring,
            kind,
            actor=actor,
            about=subject_id,
            detail=detail,
            now=self._office.now(),
        )


def _hash(code: str) -> str:
    return code_hash(code, "new-pass")
