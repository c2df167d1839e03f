"""Transform keys: behind each store's own rotation of its templates (R23).

They are service keys by name (`transform-<id>`), wrapped by the root. Usually there is one. During
a renewal there are two: the newest is the current one, and the older goes when no template is left
that it turned.
"""

import threading
import uuid
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consent.canonical import canonical
from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.keystore.roots import Root, Roots
from consent.keystore.wrapping import binding, open_under
from consent.models import ServiceKeyRow
from consent.sealing import KEY_BYTES, new_key

_PREFIX = "transform-"


class TransformKeys:
    """The transform keys, opened when they are first needed. Any thread may ask."""

    def __init__(self, roots: Roots) -> None:
        """Take what opens the root key; nothing is opened yet."""
        self._roots = roots
        self._opened: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def seed(self, session: Session, name: str, model_id: str) -> bytes:
        """Return the 32 secret bytes from which this key turns templates of a model.

        Raises:
            KeyUnavailableError: there is no such key any more, or it does not open.
        """
        info = canonical(["clienteling transform v1", name, model_id])
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._key(session, name))

    def _key(self, session: Session, name: str) -> bytes:
        with self._lock:
            if name not in self._opened:
                row = session.get(ServiceKeyRow, name)
                if row is None:
                    raise KeyUnavailableError(
                        "The templates were renewed while this was read. Try again."
                    )
                self._opened[name] = open_under(self._roots(), row.wrapped, "service", name)
            return self._opened[name]


def names(session: Session) -> tuple[str, ...]:
    """Return the names of the transform keys, the current one first."""
    found = session.scalars(
        select(ServiceKeyRow.name)
        .where(ServiceKeyRow.name.startswith(_PREFIX))
        .order_by(ServiceKeyRow.created_at.desc(), ServiceKeyRow.name)
    )
    return tuple(found)


def add(session: Session, root: Root, now: datetime) -> str:
    """Make a transform key; from now on it is the current one. Returns its name."""
    name = f"{_PREFIX}{uuid.uuid4()}"
    wrapped = root.wrap(new_key(), binding("service", name))
    session.add(ServiceKeyRow(name=name, created_at=stamp(now), wrapped=wrapped))
    session.flush()
    return name


def remove(session: Session, name: str) -> None:
    """Delete a transform key that turned no template that is left."""
    session.execute(delete(ServiceKeyRow).where(ServiceKeyRow.name == name))
