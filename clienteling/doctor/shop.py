"""The shop inside the data folder: its papers, keys, log, cameras and backups."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from clienteling.doctor.check import Check, fail, ok, warn
from clienteling.home import Home
from clienteling.oversight.edges import EdgeState
from clienteling.oversight.shop import ShopState, shop_state
from clienteling.oversight.watching import Watched
from clienteling.papers.export import held_article30
from clienteling.region import admission
from clienteling.retention.clock import doubt
from clienteling.service.signs import SignBook
from consent.clock import parse
from consent.keystore.key_status import key_status
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView

#: The keys of a backup live seven days (PRIVACY.md section D): older, it opens nothing.
_BACKUP_EVERY = timedelta(days=7)
_VERIFY_EVERY = timedelta(days=30)


def look_at_papers(home: Home) -> Iterator[Check]:
    """Say whether a start with cameras is allowed.

    Raises:
        RefusedError: it is not; the message names what is missing.
    """
    admitted = admission(
        home.config,
        home.profile,
        live=True,
        today=home.office.now().date(),
        article30=held_article30(home),
    )
    yield ok("papers", f"{home.profile.region} allows the policy {admitted.policy.value} here.")


def look_at_keys(home: Home) -> Iterator[Check]:
    """Say where the root key lies, and whether a rotation is due."""
    keys = key_status(home.office)
    if keys.development:
        yield warn(
            "keys",
            "The root key lies in the clear: a development key, not for real customers.",
            "Set CLIENTELING_PASSPHRASE_FILE before `clienteling init`, or run "
            "`clienteling keys rotate root` (docs/operators/keys.md).",
        )
    elif keys.rotating:
        yield warn("keys", f"A rotation of the {keys.rotating} key is unfinished.", "Let it end.")
    elif keys.due_in_days < 0:
        yield warn(
            "keys",
            f"The store key should have been rotated {-keys.due_in_days} days ago.",
            "clienteling keys rotate store",
        )
    else:
        yield ok("keys", f"Root key: {keys.provider}. Rotation is due in {keys.due_in_days} days.")


def look_at_log(home: Home) -> Iterator[Check]:
    """Say whether the log can grow, was verified, is watched, and was saved."""
    now, state = home.office.now(), shop_state(home)
    with home.databases.identity.read() as identity:
        if not ledger.is_writable(identity, now):
            yield fail(
                "clock",
                "The log's newest entry lies in the future: the clock went back.",
                "Set the clock right (timedatectl), and start again.",
            )
        doubted = doubt(identity, now)
        if doubted is not None:
            yield fail(
                "clock",
                f"The clock is {doubted.days} days ahead of the time last believed, "
                f"{doubted.believed:%Y-%m-%d %H:%M} UTC: nothing is deleted by it, and no consent "
                "ends.",
                "Set it if it is wrong (timedatectl); if it is right, say so once: "
                "clienteling retention confirm-clock --by NAME",
            )
        saved = _newest(identity, EventKind.BACKUP_MADE)
    verified = state.verified
    if verified is not None and verified.detail and not verified.detail["ok"]:
        yield fail("log", "The last verification found the log altered.", "clienteling log verify")
    elif verified is None or now - parse(verified.at) > _VERIFY_EVERY:
        when = "never" if verified is None else f"on {verified.at[:10]}"
        yield warn("log", f"Last verified: {when}.", "clienteling log verify")
    else:
        yield ok("log", f"{state.entries} entries, verified on {verified.at[:10]}.")
    yield _witness(state.watched)
    if saved is None or now - parse(saved.at) > _BACKUP_EVERY:
        when = "never" if saved is None else f"on {saved.at[:10]}"
        yield warn(
            "backup", f"Last backup: {when}.", "clienteling backup (docs/operators/backup.md)"
        )
    else:
        yield ok("backup", f"Last backup: {saved.at[:10]}.")


def _newest(identity: Session, kind: EventKind) -> EntryView | None:
    return next(iter(ledger.search(identity, kinds=[kind], limit=1)), None)


def _witness(watched: Watched) -> Check:
    if watched is Watched.WATCHED:
        return ok("witness", "Another machine watches the log.")
    if watched is Watched.STALE:
        return fail(
            "witness", "A witness has not cosigned for too long.", "clienteling log witness list"
        )
    return warn(
        "witness",
        "No other machine watches the log: whoever owns this one could rewrite it.",
        "clienteling witness --help",
    )


def look_at_cameras(home: Home) -> Iterator[Check]:
    """Say of each camera whether it is heard and may look."""
    now, state = home.office.now(), shop_state(home)
    if state.stopped:
        yield warn(
            "recognition", "The officer stopped all recognition.", "/privacy switches it on."
        )
    if not state.edges:
        yield warn("cameras", "No camera is paired.", "docs/operators/cameras.md")
    book = SignBook(home.office, home.config.region.policy, home.config.papers.sign_attested)
    for edge in state.edges:
        with home.databases.identity.read() as identity:
            hold = book.hold(identity, edge.camera)
        if hold is not None:
            yield fail("cameras", f"{edge.camera} may not look: {hold.value}.", "/manage/cameras")
        else:
            yield _camera(edge, state)
    if not home.profile.held_on(now.date()):
        yield fail("rules", "Counsel's changes to the region's rules have run out.")


def _camera(edge: EdgeState, state: ShopState) -> Check:
    if not edge.heard:
        since = f"since {edge.seen_at:%Y-%m-%d %H:%M} UTC" if edge.seen_at else "ever"
        return fail(
            "cameras", f"{edge.camera} was not heard {since}.", "Look at its box and cable."
        )
    if edge.without_permit:
        return fail(
            "cameras", f"{edge.camera} encoded without a permit.", "Stop it and report this."
        )
    if edge.state != "matching" and not state.stopped:
        return warn("cameras", f"{edge.camera} does not match: {edge.state}.", "/manage/cameras")
    return ok("cameras", f"{edge.camera} is heard, attack check: {edge.attack_check}.")
