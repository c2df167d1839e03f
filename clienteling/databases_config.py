"""Where a shop's three databases lie: the `[databases]` section of `config.toml`, if it has one."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from clienteling.addresses import is_loopback
from clienteling.egress import Place

_ENCRYPTED = ("verify-ca", "verify-full")
_PORT = 5432
_SECRETS = ("password", "sslpassword")


def _check(value: str) -> str:
    """Check one address. The error never holds the value: a password may stand in it."""
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("is no address like postgresql://role@server/database") from error
    if url.drivername != "postgresql":
        raise ValueError("must begin with postgresql://")
    if url.password is not None or any(secret in url.query for secret in _SECRETS):
        raise ValueError("a password never stands here: put it into ~/.pgpass")
    if "service" in url.query:
        return value  # the service file says the rest
    if not url.username or not url.database:
        raise ValueError("must name the role and the database: postgresql://role@server/database")
    socket = str(url.query.get("host", "")).startswith("/") or url.host is None
    here = socket or is_loopback(url.host or "")
    if not here and url.query.get("sslmode") not in _ENCRYPTED:
        raise ValueError("beyond this machine end it with ?sslmode=verify-full")
    return value


_Address = Annotated[str, AfterValidator(_check)]


class DatabasesConfig(BaseModel):
    """Three databases on PostgreSQL, each with a role of its own (docs/operators/postgresql.md).

    Passwords come from where libpq looks for them: PGPASSFILE, or a service.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: _Address
    templates: _Address
    keys: _Address

    @model_validator(mode="after")
    def _are_three(self) -> Self:
        if len({self.identity, self.templates, self.keys}) != len(type(self).model_fields):
            raise ValueError("identity, templates and keys are three databases with three roles")
        return self

    def places(self) -> tuple[Place, ...]:
        """Return the servers, where they are not this machine's own socket or a service file's."""
        named = ((name, make_url(getattr(self, name))) for name in type(self).model_fields)
        return tuple(
            Place(url.host, url.port or _PORT, f"databases.{name}")
            for name, url in named
            if url.host
        )
