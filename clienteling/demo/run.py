"""`clienteling demo`: a shop to look at until stopped; with --check, the main job checked."""

import json
import sys
import tempfile
import threading
from pathlib import Path

from clienteling.access.devices import DeviceKind
from clienteling.demo.browser import Browser
from clienteling.demo.check import check
from clienteling.demo.script import Clip, load_clip
from clienteling.demo.shop import CAMERA, pairing_code
from clienteling.demo.stage import ClipClock, Shop, Stage
from clienteling.errors import ClientelingError, UsageError


def run_demo(*, camera: str | None, check_only: bool, as_json: bool, port: int) -> int:
    """Run the demo; return the exit code.

    Raises:
        UsageError: the options contradict each other. StartError: a part does not start.
    """
    if check_only and camera is not None:
        raise UsageError("--check uses the clip. Leave --camera out.")
    with tempfile.TemporaryDirectory(prefix="clienteling-demo-") as name:
        folder = Path(name)
        with Stage(folder, port, _say) as stage:
            if check_only:
                return _check(stage, folder, as_json=as_json)
            return _show(stage, camera)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _check(stage: Stage, folder: Path, *, as_json: bool) -> int:
    report = check(stage, load_clip(), folder, _say)
    print(json.dumps(report.as_json()) if as_json else report.as_text(), flush=True)
    return 0 if report.ok else 1


def _show(stage: Stage, camera: str | None) -> int:
    stopping = threading.Event()
    shop = stage.open_shop()
    clip = _before_withdrawals(load_clip())
    if camera is None:
        source = str(stage.make_clip(clip))
        stage.start_camera(shop.home, source, loop=True)
        presser = threading.Thread(
            target=_visitors, args=(stage, shop, clip, stopping), daemon=True
        )
        presser.start()
    else:
        stage.start_camera(shop.home, camera, loop=False)
    _invite(stage, shop, webcam=camera is not None)
    try:
        while not stopping.wait(1.0):
            stage.watch()
    except KeyboardInterrupt:
        _say("Stopping; the demo shop and everything in it is deleted.")
    finally:
        stopping.set()
    return 0


def _before_withdrawals(clip: Clip) -> Clip:
    """Return the part of the clip that can be played again and again."""
    end = min((withdrawal.at for withdrawal in clip.withdrawal), default=clip.length)
    visits = tuple(visit for visit in clip.visit if visit.end <= end)
    return clip.model_copy(update={"length": end, "visit": visits, "withdrawal": ()})


def _visitors(stage: Stage, shop: Shop, clip: Clip, stopping: threading.Event) -> None:
    """Press the button for the clip's visitors, each time it plays."""
    display = Browser(stage.address)
    try:
        display.pair(pairing_code(shop.home, DeviceKind.GREET, "demo visitors"))
        presses = [visit.press for visit in clip.visit if visit.press is not None]
        while not stopping.is_set():
            stage.camera.wait_for("started", clip.length + 60)
            clock = ClipClock(stopping)
            for press in presses:
                if not clock.sleep_until(press):
                    return
                display.post(f"/greet/{CAMERA}", page=f"/greet/{CAMERA}")
    except ClientelingError as error:
        if not stopping.is_set():
            _say(f"The demo's visitors stopped pressing: {error}")
    finally:
        display.close()


def _invite(stage: Stage, shop: Shop, *, webcam: bool) -> None:
    """Print addresses, logins and what to try."""
    screens = {
        "Staff tablet": DeviceKind.TABLET,
        "Kiosk": DeviceKind.KIOSK,
        "Greeting display": DeviceKind.GREET,
        "Till": DeviceKind.TILL,
    }
    lines = [
        "",
        "The demo shop is open. Everything in it is invented; it is deleted at the end.",
        "",
    ]
    for title, kind in screens.items():
        code = pairing_code(shop.home, kind, title.lower())
        lines.append(f"  {title + ':':18}{stage.address}/pair#{code}   (once, within 10 minutes)")
    pages = {"Manager": "manage", "Privacy officer": "privacy"}
    lines += [f"  {title + ':':18}{stage.address}/{page}" for title, page in pages.items()]
    lines += ["", "Sign in as:"]
    lines += [
        f"  {login.username:10}{login.password}   ({', '.join(login.roles)})"
        for login in shop.logins
    ]
    lines += ["", f"Receipt codes (for the kiosk, or the customer's own page, {stage.address}/me):"]
    lines += [f"  {key}: {person.code}" for key, person in shop.people.items()]
    how = (
        "Pair the greeting display in a second tab and press “Greet me” before the webcam."
        if webcam
        else "Visitors of the clip come by every minute. Open the staff tablet and watch."
    )
    lines += ["", how, "One browser can be all of these screens. Ctrl-C stops.", ""]
    print("\n".join(lines), flush=True)
