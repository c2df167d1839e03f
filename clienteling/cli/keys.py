"""The shop's keys: how old they are, and putting new ones in their place while the hub runs."""

from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit, warn, warn_development_key
from clienteling.config import home_path
from clienteling.config_parts import load_keys
from clienteling.errors import UsageError

if TYPE_CHECKING:
    from clienteling.home import Home
    from consent.keystore.rotation import Progress

_ACTOR = "command"


def add_commands(commands: Parsers) -> None:
    keys = add_group(commands, "keys", "The keys that everything personal is sealed under")
    add_command(
        keys,
        "status",
        run_status,
        "Say how old the keys are, where the root key lies, and what is due",
        "keys status",
    )
    rotate = add_command(
        keys,
        "rotate",
        run_rotate,
        "Put a new key in place while the hub runs; needs a second person's approval. "
        "Interrupted, it goes on when given again",
        "keys rotate store",
    )
    rotate.add_argument("which", nargs="?", choices=("store", "root"))
    rotate.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="root: TOML with the [keys] section of the new place (default: where it lies now)",
    )
    rotate.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="root, in a file: holds the new passphrase (default: the one in use)",
    )
    rotate.add_argument(
        "--after-lost-device",
        metavar="DEVICE",
        help="store: revoke this device (number or name) at once, then rotate",
    )


def run_status(args: Args) -> int:
    from clienteling.home import open_home
    from consent.keystore.key_status import key_status

    status = key_status(open_home(home_path()).office)
    if status.development:
        warn_development_key()
    lines = [
        f"Root key: {status.provider}, {status.root_age_days} days old.",
        *(
            f"Store key {store.id[:8]}{' (retired)' if store.retired else ''}: "
            f"{store.age_days} days old, wraps {store.data_keys} data keys."
            for store in status.stores
        ),
    ]
    if status.rotating:
        lines.append(
            f"A rotation of the {status.rotating} key is unfinished: "
            f"run `clienteling keys rotate {status.rotating}`."
        )
    if status.due_in_days < 0:
        lines.append(
            f"The yearly rotation is {-status.due_in_days} days late: "
            "run `clienteling keys rotate store`."
        )
    else:
        lines.append(f"The next rotation of the store key is due in {status.due_in_days} days.")
    emit(args, status, "\n".join(lines))
    return 0


def run_rotate(args: Args) -> int:
    from clienteling.home import open_home

    which = args.which or ("store" if args.after_lost_device else None)
    if which is None:
        raise UsageError("Say which key: `clienteling keys rotate store` or `… rotate root`.")
    if which == "root" and args.after_lost_device:
        raise UsageError("After a lost device the store key is rotated, not the root key.")
    if which == "store" and (args.to or args.passphrase_file):
        raise UsageError("--to and --passphrase-file are for the root key.")
    home = open_home(home_path())
    return _rotate_store(args, home) if which == "store" else _rotate_root(args, home)


def _rotate_store(args: Args, home: "Home") -> int:
    from clienteling.keystore.rotations import revoke_lost, rotate_store

    why = ""
    if args.after_lost_device:
        device = revoke_lost(home.office, args.after_lost_device, actor=_ACTOR)
        warn(f"device {device} is revoked: it gets nothing any more.")
        why = f" after the loss of device {device}"
    with tqdm(desc="data keys", unit="key", disable=args.json or None) as bar:

        def told(progress: "Progress") -> None:
            bar.total = progress.total
            bar.update(progress.done - bar.n)

        done = rotate_store(home.office, actor=_ACTOR, told=told, why=why)
    result = {"key": "store", "data_keys": done.total, "flow": done.flow_id}
    text = f"The store key is rotated; {done.total} data keys are under the new one."
    emit(args, result, f"{text} Make a backup of keys.db, and delete the older ones.")
    return 0


def _rotate_root(args: Args, home: "Home") -> int:
    from clienteling.keystore.keys_config import CredentialKeys
    from clienteling.keystore.rotations import rotate_root
    from consent.keystore.root_rotation import STEPS

    to = load_keys(args.to) if args.to else None
    with tqdm(desc="steps", total=STEPS, disable=args.json or None) as bar:

        def told(done: int) -> None:
            bar.update(done - bar.n)

        change = rotate_root(home, to, args.passphrase_file, actor=_ACTOR, told=told)
    if change.passphrase_file is not None:
        warn(
            "put the new passphrase where the hub reads it (CLIENTELING_PASSPHRASE_FILE) before "
            "its next start."
        )
    if isinstance(change.old, CredentialKeys):
        warn(f"delete the file of the old credential {change.old.name!r} and its copies.")
    result = {"key": "root", "from": change.old.provider, "to": change.new.provider}
    text = f"The root key is rotated; it lies in: {change.new.provider}."
    emit(args, result, f"{text} Make a backup of keys.db: the older ones do not open any more.")
    return 0
