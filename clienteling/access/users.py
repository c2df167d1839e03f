"""People who sign in: adding them, their roles, their passwords (Argon2id).

Flask-Security keeps the session; hashes are made and checked here, because commands have no app.
"""

import secrets
import unicodedata
import uuid
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.models import Role, User
from clienteling.errors import UsageError
from consent.clock import stamp
from consent.keystore.keys import KeyRing
from consent.log import ledger

#: RFC 9106's second recommendation: 64 MiB, three passes.
RECOMMENDED = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_HASHER = RECOMMENDED

MIN_PASSWORD = 12

#: Checked when the user name is unknown, so that it costs what a known one costs. No password fits:
#: the digest is zeroes.
UNKNOWN_USER_HASH = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class RoleName(StrEnum):
    """What a person may do. Roles add up."""

    STAFF = "staff"
    TRAINED = "trained"
    MANAGER = "manager"
    OFFICER = "officer"
    ADMIN = "admin"


_DESCRIPTIONS = {
    RoleName.STAFF: "works in the shop",
    RoleName.TRAINED: "may see customer cards: had the training (R18)",
    RoleName.MANAGER: "sets up the shop, its screens and its people",
    RoleName.OFFICER: "privacy officer: the log, withdrawals, stopping recognition",
    RoleName.ADMIN: "looks after the installation",
}


def add_user(
    identity: Session,
    ring: KeyRing,
    *,
    username: str,
    name: str,
    password: str,
    roles: frozenset[RoleName],
    actor: str,
    now: datetime,
) -> str:
    """Add a person and return their id (`user:<n>`, as the log names them).

    Raises:
        UsageError: the user name is taken or empty, the password too short, or no role given.
    """
    username = normal_username(username)
    if not 0 < len(username) <= 64:  # noqa: PLR2004 - the width of the column
        raise UsageError("Give a user name of at most 64 characters.")
    if len(password) < MIN_PASSWORD:
        raise UsageError(f"Give a password of at least {MIN_PASSWORD} characters.")
    if not roles:
        raise UsageError("Give at least one role: " + ", ".join(RoleName) + ".")
    if identity.scalars(select(User).where(User.username == username)).one_or_none() is not None:
        raise UsageError("This user name is taken. Choose another.")
    user = User(
        username=username,
        name=name.strip()[:64] or username,
        password=hash_password(password),
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=stamp(now),
        roles=[_role(identity, role) for role in sorted(roles)],
    )
    identity.add(user)
    identity.flush()
    ledger.append(
        identity,
        ring,
        ledger.EventKind.USER_CREATED,
        actor=actor,
        about=None,
        detail={"user": f"user:{user.id}", "roles": sorted(role.value for role in roles)},
        now=now,
    )
    return f"user:{user.id}"


def normal_username(username: str) -> str:
    """Return the one form in which a user name is stored and compared."""
    return unicodedata.normalize("NFKD", username).strip().casefold()


def hash_password(password: str) -> str:
    """Return the Argon2id hash that is stored."""
    return _HASHER.hash(unicodedata.normalize("NFKD", password))


def password_fits(password: str, stored: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return _HASHER.verify(stored, unicodedata.normalize("NFKD", password))
    except (VerificationError, InvalidHashError):
        return False


def random_password() -> str:
    """Return a password to print once, for a demo or a first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _role(identity: Session, name: RoleName) -> Role:
    role = identity.scalars(select(Role).where(Role.name == name.value)).one_or_none()
    return role or Role(name=name.value, description=_DESCRIPTIONS[name])
