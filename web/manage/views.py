"""What a manager looks after: the shop's devices and the people who sign in."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user

from clienteling.access.devices import PAIRING_LIFETIME, DeviceKind, new_pairing, revoke
from clienteling.access.register import check_may_give, devices, may_give, people
from clienteling.access.users import MIN_PASSWORD, RoleName, add_user
from clienteling.customers.passes import without_usable_template
from clienteling.customers.templates import Earlier, earlier_templates
from clienteling.errors import UsageError
from clienteling.service.till_cameras import require_place
from clienteling.team.leaving import leave
from clienteling.webhooks.hooks import given_up
from consent.rights.requests import complaint_figures
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.manage.words import init_words, problem_word

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

_LONGEST = 64
_LONGEST_PASSWORD = 256


@blueprint.record_once
def _prepare(state: object) -> None:
    init_words(state.app)  # type: ignore[attr-defined]


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show devices and people."""
    return _page()


@blueprint.post("/pairing")
@limited("30 per minute")
def pairing() -> ResponseReturnValue:
    """Make a pairing code. It is shown in this answer and nowhere again."""
    hub = current_hub()
    name = request.form.get("name", "").strip()[:_LONGEST]
    camera = request.form.get("camera", "").strip()[:_LONGEST] or None
    try:
        kind = DeviceKind(request.form.get("kind", ""))
    except ValueError:
        return _page(device_problem=gettext("Choose what you want to pair.")), 400
    try:
        require_place(hub.office, kind)
        with hub.databases.identity.write() as identity:
            code = new_pairing(identity, kind, name, hub.now(), camera)
    except UsageError as error:
        return _page(device_problem=problem_word(str(error))), 400
    return render_template(
        "manage/code.html",
        code=code,
        kind=kind,
        name=name,
        camera=camera,
        minutes=int(PAIRING_LIFETIME.total_seconds() // 60),
    )


@blueprint.post("/devices/<device_id>/revoke")
def revoke_device(device_id: str) -> ResponseReturnValue:
    """End a device."""
    hub = current_hub()
    with hub.databases.identity.write() as identity:
        revoke(identity, hub.office.ring, device_id, actor=this_staff().id, now=hub.now())
    return redirect(url_for("manage.overview"), 303)


@blueprint.post("/people")
@limited("30 per minute")
def add_person() -> ResponseReturnValue:
    """Add somebody who signs in."""
    hub = current_hub()
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(person_problem=gettext("The two passwords differ. Type them again.")), 400
    if len(password) > _LONGEST_PASSWORD:
        return _page(person_problem=gettext("This password is too long.")), 400
    names = set(request.form.getlist("role"))
    roles = frozenset(role for role in RoleName if role.value in names)
    check_may_give(_mine(), roles)
    try:
        with hub.databases.identity.write() as identity:
            add_user(
                identity,
                hub.office.ring,
                username=request.form.get("username", "")[:_LONGEST],
                name=request.form.get("name", "")[:_LONGEST],
                password=password,
                roles=roles,
                actor=this_staff().id,
                now=hub.now(),
            )
    except UsageError as error:
        return _page(person_problem=problem_word(str(error))), 400
    return redirect(url_for("manage.overview"), 303)


@blueprint.post("/people/<person_id>/deactivate")
def deactivate_person(person_id: str) -> ResponseReturnValue:
    """End somebody's access."""
    hub = current_hub()
    try:
        leave(hub.office, person_id, holder=_mine(), actor=this_staff().id)
    except UsageError as error:
        return _page(person_problem=problem_word(str(error))), 400
    return redirect(url_for("manage.overview"), 303)


def _mine() -> frozenset[RoleName]:
    return frozenset(role for role in RoleName if current_user.has_role(role.value))


def _page(*, device_problem: str = "", person_problem: str = "") -> str:
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        known, workers = devices(identity), people(identity)
        earlier = (
            earlier_templates(identity, hub.policy.model_id, hub.policy.also)
            if hub.policy is not None
            else Earlier(0, 0)
        )
        waiting = without_usable_template(identity, by_pass=hub.home.by_pass)
        complaints = complaint_figures(identity, hub.now())
        untold = given_up(identity)
    return render_template(
        "manage/overview.html",
        devices=known,
        people=workers,
        earlier=earlier,
        complaints=complaints,
        untold=untold,
        waiting=waiting,
        by_pass=hub.home.by_pass,
        kinds=tuple(DeviceKind),
        roles=may_give(_mine()),
        mine=this_staff().id,
        min_password=MIN_PASSWORD,
        device_problem=device_problem,
        person_problem=person_problem,
        given=request.form,
    )
