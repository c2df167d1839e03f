"""Webhooks from the command line: which there are, try one, send again what it missed."""

import argparse
from datetime import datetime

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path


def add_commands(commands: Parsers) -> None:
    webhooks = add_group(commands, "webhooks", "What the shop's other systems are told")
    add_command(
        webhooks, "list", run_list, "List the webhooks, and how they stand", "webhooks list"
    )
    test = add_command(
        webhooks,
        "test",
        run_test,
        "Have a webhook told that it is tried, by the hub that runs",
        "webhooks test 3f0c7c1e-…",
    )
    test.add_argument("webhook", help="its id, as `webhooks list` shows it")
    replay = add_command(
        webhooks,
        "replay",
        run_replay,
        "Send again what happened since a moment, at most a week ago, under the same ids",
        "webhooks replay 3f0c7c1e-… --since 2026-11-24T09:00",
    )
    replay.add_argument("webhook", help="its id, as `webhooks list` shows it")
    replay.add_argument("--since", type=a_moment, required=True, metavar="TIME")


def a_moment(text: str) -> datetime:
    """Return a day or a time, by this machine's clock unless it names a zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-11-24T09:00") from error


def run_list(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.webhooks.hooks import webhooks

    with open_home(home_path()).databases.identity.read() as identity:
        known = webhooks(identity)
    told = [
        {
            "id": one.id,
            "url": one.url,
            "events": [event.value for event in one.events],
            "off_because": None if one.off_because is None else one.off_because.value,
            "waiting": one.waiting,
        }
        for one in known
    ]
    lines = [
        f"{one.id}  {'on' if one.off_because is None else f'off: {one.off_because.value}'}  "
        f"{one.waiting} waiting  {one.url}"
        for one in known
    ]
    emit(args, {"webhooks": told}, "\n".join(lines) or "There are none.")
    return 0


def run_test(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.webhooks.outbox import send_test

    send_test(open_home(home_path()).office, args.webhook, actor="command")
    emit(args, {"webhook": args.webhook}, "The hub sends a test, as soon as it runs.")
    return 0


def run_replay(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.webhooks.outbox import again

    office = open_home(home_path()).office
    count = again(office, args.webhook, args.since, actor="command")
    text = f"{count} are sent again by the hub, as soon as it runs and the webhook is on."
    emit(args, {"webhook": args.webhook, "again": count}, text)
    return 0
