"""Signing in and out, pairing a screen, choosing a language."""

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user, login_user, logout_user
from sqlalchemy import select

from clienteling.access.devices import DeviceKind, PairedDevice, PairingError, redeem_token
from clienteling.access.models import User
from clienteling.access.users import UNKNOWN_USER_HASH, normal_username, password_fits
from consent.log import ledger
from web.addresses import local_path
from web.context import Hub, current_hub
from web.guards import current_device, device_cookie, staff_or_none
from web.languages import COOKIE as LANGUAGE_COOKIE
from web.languages import LANGUAGES
from web.limits import limited

blueprint = Blueprint("auth", __name__)

_YEAR = 365 * 24 * 3600


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page."""
    if current_user.is_authenticated:
        return redirect(local_path(request.args.get("next")))
    return _sign_in_page()


@blueprint.post("/sign-in")
@limited("10 per minute")
def sign_in_now() -> ResponseReturnValue:
    """Sign somebody in; wrong name and wrong password look and last the same."""
    username = request.form.get("username", "")[:256]
    user = _authenticate(current_hub(), username, request.form.get("password", "")[:1024])
    if user is None:
        return _sign_in_page(gettext("User name or password is wrong. Try again.")), 403
    session.clear()  # nothing of whoever used this screen before
    session.permanent = True
    login_user(user, remember=False)
    return redirect(local_path(request.form.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Sign out and have the browser forget what it holds of this site but the pairing."""
    staff = staff_or_none()
    if staff is not None:
        _log(current_hub(), ledger.EventKind.SIGNOUT, staff.id)
        current_hub().openings.close_for(staff.id)
    logout_user()
    session.clear()
    response = make_response(redirect(url_for("auth.sign_in")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/pair")
def pair() -> ResponseReturnValue:
    """Show where a pairing code is entered."""
    return _pair_page(current_device())


@blueprint.post("/pair")
@limited("10 per minute")
def pair_now() -> ResponseReturnValue:
    """Pair this screen: the code becomes a cookie that scripts cannot read."""
    hub = current_hub()
    try:
        with hub.databases.identity.write() as identity:
            device, token = redeem_token(
                identity, hub.office.ring, request.form.get("code", "")[:40], hub.now()
            )
    except PairingError:
        problem = gettext(
            "This code is wrong, was used already or is older than ten minutes. Ask for a new one."
        )
        return _pair_page(current_device(), problem), 403
    if device.kind == DeviceKind.BUTTON:  # no browser: whoever pairs it carries the token over
        return render_template("auth/token.html", device=device, token=token)
    response = make_response(redirect(_opens(device)))
    response.set_cookie(
        device_cookie(device.kind),
        token,
        max_age=_YEAR,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return response


@blueprint.get("/language/<code>")
def choose_language(code: str) -> ResponseReturnValue:
    """Show this screen in another language from now on; `default`: in the shop's own again."""
    response = make_response(redirect(local_path(request.args.get("next"))))
    if code == "default":
        response.delete_cookie(LANGUAGE_COOKIE, httponly=True, samesite="Strict")
    elif code in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            code,
            max_age=_YEAR,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
        )
    return response


def _authenticate(hub: Hub, username: str, password: str) -> User | None:
    """Check name and password, and log the outcome without either."""
    with hub.databases.identity.read() as identity:
        user = identity.scalars(
            select(User).where(User.username == normal_username(username))
        ).one_or_none()
    # An unknown name costs the same Argon2 as a known one, so time tells nothing.
    fits = password_fits(password, UNKNOWN_USER_HASH if user is None else user.password)
    accepted = user is not None and fits and user.active
    kind = ledger.EventKind.SIGNIN_OK if accepted else ledger.EventKind.SIGNIN_FAILED
    _log(hub, kind, "anonymous" if user is None else f"user:{user.id}")
    return user if accepted else None


def _log(hub: Hub, kind: ledger.EventKind, actor: str) -> None:
    with hub.databases.identity.write() as identity:
        ledger.append(
            identity, hub.office.ring, kind, actor=actor, about=None, detail={}, now=hub.now()
        )


def _sign_in_page(problem: str = "") -> str:
    return render_template(
        "auth/sign_in.html",
        problem=problem,
        username=request.form.get("username", ""),
        next=request.values.get("next", ""),
    )


def _pair_page(device: PairedDevice | None, problem: str = "") -> str:
    opens = None if device is None else _opens(device)
    return render_template("auth/pair.html", device=device, problem=problem, opens=opens)


def _opens(device: PairedDevice) -> str:
    """Return the page that a paired screen is for."""
    if device.kind == DeviceKind.GREET:
        return f"/greet/{device.camera}"
    pages = {
        DeviceKind.KIOSK: "/kiosk",
        DeviceKind.TABLET: "/staff",
        DeviceKind.TILL: "/till",
    }
    return pages[DeviceKind(device.kind)]
