"""Who may call what. Every blueprint declares a guard; what declares none is refused.

`mount` is the only way to add a blueprint, and it takes the guard. `create_app` enforces the guards
before every request and refuses to start with an endpoint that has none.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_security import current_user
from werkzeug.exceptions import Forbidden, Unauthorized

from clienteling.access.devices import DeviceKind, PairedDevice, device_by_token
from clienteling.errors import StartError
from clienteling.service.arrivals import Staff
from web.context import current_hub

GUARDS = "clienteling.guards"
#: What a browser can be paired as.
SCREENS = (DeviceKind.TABLET, DeviceKind.KIOSK, DeviceKind.GREET, DeviceKind.TILL)


class SignInNeededError(Unauthorized):
    """Nobody is signed in; a page leads to the sign-in, a script hears 401."""


class DeviceNeededError(Forbidden):
    """This screen is not paired, or as something else."""


class TokenNeededError(Unauthorized):
    """The request carries no bearer token of a paired device, or one that was revoked."""


class RoleNeededError(Forbidden):
    """The person who is signed in may not do this."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A rule for entering. `admit` raises one of the errors above, or returns."""

    rule: str
    admit: Callable[[], None]


def public() -> Guard:
    """Everybody: pages that show nothing personal and change nothing of a customer."""
    return Guard("public", lambda: None)


def role(*names: str) -> Guard:
    """Somebody signed in who has one of these roles."""

    def admit() -> None:
        if not current_user.is_authenticated:
            raise SignInNeededError
        if not any(current_user.has_role(name) for name in names):
            raise RoleNeededError

    return Guard(f"role {'|'.join(names)}", admit)


def device(*kinds: str) -> Guard:
    """A paired device of one of these kinds (kiosk, greet, tablet, till)."""

    def admit() -> None:
        paired = current_device(*kinds)
        if paired is None:
            raise DeviceNeededError
        g.device = paired

    return Guard(f"device {'|'.join(kinds)}", admit)


def bearer(kind: str) -> Guard:
    """A paired device of this kind, by the token in its `Authorization` header (RFC 6750)."""

    def admit() -> None:
        given = request.authorization
        token = given.token if given is not None and given.type == "bearer" else None
        with current_hub().databases.identity.read() as identity:
            paired = device_by_token(identity, token or "")
        if paired is None or paired.kind != kind:
            raise TokenNeededError
        g.device = paired

    return Guard(f"bearer {kind}", admit)


def csrf_token() -> Guard:
    """Who changes something sends the token of a page of ours, also where the views are exempt.

    Flask-WTF exempts a blueprint wherever it is mounted; this asks for the token where a cookie
    opens what elsewhere the token of a machine does.
    """

    def admit() -> None:
        current_app.extensions["csrf"].protect()

    return Guard("csrf token", admit)


def signed() -> Guard:
    """An edge, by its signature: the view itself checks it, step by step (web/edge)."""
    return Guard("edge signature", lambda: None)


def all_of(*guards: Guard) -> Guard:
    """Every one of these; none given admits nobody."""

    def admit() -> None:
        if not guards:
            raise Forbidden
        for guard in guards:
            guard.admit()

    return Guard(" and ".join(guard.rule for guard in guards), admit)


def any_of(*guards: Guard) -> Guard:
    """At least one of these; the first refusal is the one that is told."""

    def admit() -> None:
        first: Exception = Forbidden()
        for number, guard in enumerate(guards):
            try:
                return guard.admit()
            except (Forbidden, Unauthorized) as error:
                first = error if number == 0 else first
        raise first

    return Guard(" or ".join(guard.rule for guard in guards), admit)


def mount(app: Flask, blueprint: Blueprint, guard: Guard) -> None:
    """Add a blueprint with the guard of all its routes."""
    app.extensions.setdefault(GUARDS, {})[blueprint.name] = guard
    app.register_blueprint(blueprint)


def mount_again(app: Flask, blueprint: Blueprint, guard: Guard, *, name: str, prefix: str) -> None:
    """Add a blueprint's views a second time, at another address and for somebody else."""
    app.extensions.setdefault(GUARDS, {})[name] = guard
    app.register_blueprint(blueprint, name=name, url_prefix=prefix)


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """Return the guard that stands before an endpoint; None: nobody declared one."""
    if endpoint == "static":
        return public()
    guards: dict[str, Guard] = app.extensions.get(GUARDS, {})
    return guards.get(endpoint.rpartition(".")[0])


def admits(endpoint: str) -> bool:
    """Whether who asks now may enter this endpoint: for links, which show only what opens."""
    guard = guard_of(current_app, endpoint)
    try:
        if guard is not None:
            guard.admit()
    except (Forbidden, Unauthorized):
        return False
    return guard is not None


def enforce(app: Flask) -> None:
    """Put the guards before every request.

    Raises:
        StartError: an endpoint has no guard.
    """
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is None:
            raise StartError(f"The route {rule.rule} declares nobody who may call it.")

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such page: 404 or 405 follows
        guard = guard_of(app, request.endpoint)
        if guard is None:
            raise Forbidden
        guard.admit()
        return None


def device_cookie(kind: str) -> str:
    """Return the name of the cookie: one a kind, so one browser may be a tablet and a kiosk."""
    return f"device_{kind}"


def current_device(*kinds: str) -> PairedDevice | None:
    """Return the paired device that asks, as one of these kinds (none given: as any)."""
    return next((paired for kind in kinds or SCREENS if (paired := _paired_as(kind))), None)


def _paired_as(kind: str) -> PairedDevice | None:
    """Return the device behind that kind's cookie; looked up once per request."""
    known: dict[str, PairedDevice | None] = g.setdefault("paired", {})
    if kind not in known:
        token = request.cookies.get(device_cookie(kind), "")
        with current_hub().databases.identity.read() as identity:
            found = device_by_token(identity, token)
        known[kind] = found if found is not None and found.kind == kind else None
    return known[kind]


def this_device() -> PairedDevice:
    """Return the paired device that the `device` guard admitted.

    Raises:
        DeviceNeededError: there is none.
    """
    admitted: PairedDevice | None = g.get("device")
    if admitted is None:
        raise DeviceNeededError
    return admitted


def this_staff() -> Staff:
    """Return the person behind a `role` guard.

    Raises:
        SignInNeededError: nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise SignInNeededError
    return Staff(id=f"user:{current_user.id}", name=current_user.name)


def staff_or_none() -> Staff | None:
    """Return the person who is signed in, for the page's header."""
    return this_staff() if current_user.is_authenticated else None
