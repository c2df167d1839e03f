"""`clienteling …`: the one composition root. Parses, builds what a command needs, prints.

What a command does lives in the package it belongs to. Exit codes: 0 done, 1 cannot be done, 2
usage, 3 refused by policy, 4 cannot start, 5 partly done. With `--json` the last line of standard
output is one JSON object; sentences for people go to standard error.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from clienteling.arguments import build_parser
from clienteling.config import home_path
from clienteling.errors import ClientelingError, PartlyDoneError, UsageError
from consent.errors import ConsentError

Args = argparse.Namespace
Command = Callable[[Args], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Only sentences reach the user, never a trace."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    args = build_parser().parse_args(argv)
    try:
        return COMMANDS[args.command](args)
    except ClientelingError as error:
        print(f"clienteling: {error}", file=sys.stderr)
        return error.exit_code
    except ConsentError as error:
        print(f"clienteling: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("clienteling: stopped.", file=sys.stderr)
        return 130


def emit(args: Args, result: Any, text: str = "") -> None:
    """Print the result: one JSON line with `--json`, else the text for people."""
    if args.json:
        payload = (
            asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
        )
        print(json.dumps(payload, ensure_ascii=False, default=str), flush=True)
    elif text:
        print(text, flush=True)


# --- a shop -----------------------------------------------------------------------------------


def run_init(args: Args) -> int:
    from clienteling.config import PapersConfig, RegionConfig
    from clienteling.home import NewHome, init_home, new_store

    if not args.non_interactive:
        _ask_missing(args)
    missing = [f"--{name}" for name in ("region", "store") if not getattr(args, name)]
    if missing:
        raise UsageError(f"Say {' and '.join(missing)}.")
    details = {"address": args.address, "contact": args.contact, "dpo": args.dpo}
    home = init_home(
        home_path(),
        NewHome(
            store=new_store(args.store, **{k: v for k, v in details.items() if v}),
            region=RegionConfig(
                region=args.region, state=args.state, place=args.place, policy=args.policy
            ),
            papers=PapersConfig(
                dpia_id=args.dpia, dpo_signed=args.dpo_signed, sign_attested=args.sign_attested
            ),
        ),
    )
    if home.development_key:
        _warn_development_key()
    result = {
        "home": str(home.path),
        "store": home.config.store.name,
        "region": home.config.region.region,
        "policy": home.config.region.policy,
        "development_key": home.development_key,
    }
    emit(args, result, f"Shop {home.config.store.name!r} is ready in {home.path}.")
    return 0


def _ask_missing(args: Args) -> None:
    questions = {
        "region": "Region (eu or us)",
        "store": "Name of the shop",
        "policy": "Capture policy (trigger; empty: none yet)",
        "dpia": "Number of the data protection impact assessment (empty: none yet)",
    }
    for name, question in questions.items():
        if getattr(args, name) is None:
            setattr(args, name, input(f"{question}: ").strip() or None)


def _warn(sentence: str) -> None:
    print(f"clienteling: {sentence}", file=sys.stderr)


def _warn_development_key() -> None:
    _warn(
        "development key: not for real customers. "
        "Set CLIENTELING_PASSPHRASE_FILE before `init` to seal it."
    )


def run_serve(args: Args) -> int:
    from clienteling.home import admission, open_home
    from clienteling.recognition.engine import build_engine
    from web.server import serve

    home = open_home(home_path())
    if home.development_key:
        _warn_development_key()
    if home.profile.region.startswith("us"):
        _warn("the notices are those of the EU; no release for the USA is available yet (R42).")
    now = home.office.now()
    admitted = admission(home.config, home.profile, live=True, today=now.date())
    recognition = home.config.recognition
    engine = build_engine(recognition.encoder, home.model_cache, recognition.calibration)
    return serve(home, admitted, engine, port=args.port or home.config.hub.port)


def run_user_add(args: Args) -> int:
    from clienteling.access.users import RoleName, add_user
    from clienteling.home import open_home

    office = open_home(home_path()).office
    password = _read_password(args)
    with office.databases.identity.write() as identity:
        user = add_user(
            identity,
            office.ring,
            username=args.username,
            name=args.name or args.username,
            password=password,
            roles=frozenset(RoleName(role) for role in args.role),
            actor="command",
            now=office.now(),
        )
    emit(args, {"user": user, "roles": args.role}, f"{args.username} can sign in.")
    return 0


def _read_password(args: Args) -> str:
    """Read the password from a file or standard input: never from the command line."""
    if args.password_file:
        try:
            return Path(args.password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UsageError(f"{args.password_file} cannot be read: {error.strerror}.") from error
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Password (at least 12 characters): ")
    return sys.stdin.readline().strip()


def run_device_add(args: Args) -> int:
    from clienteling.access.devices import DeviceKind, new_pairing
    from clienteling.home import open_home

    office = open_home(home_path()).office
    with office.databases.identity.write() as identity:
        code = new_pairing(
            identity, DeviceKind(args.kind), args.name, office.now(), camera=args.camera
        )
    text = f"Pairing code for {args.name}, valid for 10 minutes and once: {code}"
    emit(args, {"code": code, "kind": args.kind, "camera": args.camera}, text)
    return 0


# --- customers and consent --------------------------------------------------------------------


def run_enrol(args: Args) -> int:
    from clienteling.customers.paper import PaperForm, enrol_from_paper
    from clienteling.home import open_home
    from clienteling.recognition.engine import build_engine

    home = open_home(home_path())
    recognition = home.config.recognition
    form = PaperForm(
        name=args.name,
        email=args.email,
        photos=tuple(args.photo),
        purposes=tuple(part.strip() for part in args.purposes.split(",") if part.strip()),
        allergies=tuple(args.allergy),
        none_known=args.allergies == "none-known",
        likes=tuple(args.likes),
        attestation=args.attest,
        notice=args.notice,
        language=args.language,
    )
    result = enrol_from_paper(
        home.office,
        lambda: build_engine(recognition.encoder, home.model_cache, recognition.calibration),
        form,
    )
    for refusal in result.refused:
        print(f"clienteling: {refusal.photo}: {refusal.reason}", file=sys.stderr)
    emit(
        args,
        result,
        f"Customer {result.customer}: {result.templates} template(s). Receipt code: {result.code}",
    )
    return 0 if result.complete else PartlyDoneError.exit_code


def run_customer_show(args: Args) -> int:
    from clienteling.customers.overview import overview
    from clienteling.home import open_home

    shown = overview(open_home(home_path()).office, args.id, reader="command")
    emit(args, shown, json.dumps(asdict(shown), indent=2, ensure_ascii=False, default=str))
    return 0


def run_customer_erase(args: Args) -> int:
    from clienteling.home import open_home
    from consent.office import erase

    done = erase(open_home(home_path()).office, args.id, actor="command", method="command")
    emit(args, _withdrawal(args.id, done), f"Customer {args.id} is erased.")
    return 0


def run_consent_show(args: Args) -> int:
    from clienteling.customers.overview import consents
    from clienteling.home import open_home

    shown = consents(open_home(home_path()).office, args.id, reader="command")
    emit(args, shown, json.dumps(asdict(shown), indent=2, ensure_ascii=False, default=str))
    return 0


def run_consent_withdraw(args: Args) -> int:
    from clienteling.home import open_home
    from consent.office import withdraw
    from consent.purposes import Purpose

    try:
        purposes = [Purpose(name) for name in args.purpose] or None
    except ValueError as error:
        raise UsageError(f"{error}. Purposes are: {', '.join(Purpose)}.") from error
    done = withdraw(
        open_home(home_path()).office, args.id, purposes, actor="command", method="command"
    )
    names = ", ".join(done.purposes) or "nothing stood"
    emit(args, _withdrawal(args.id, done), f"Withdrawn: {names}.")
    return 0


def _withdrawal(subject: str, done: Any) -> dict[str, Any]:
    return {
        "customer": subject,
        "withdrawn": [str(purpose) for purpose in done.purposes],
        "flow": done.flow_id,
        "receipt": done.receipt,
    }


# --- the log ----------------------------------------------------------------------------------


def run_log_verify(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.service.verify import verify_log

    report = verify_log(open_home(home_path()).office, against=args.against)
    emit(args, report, report.summary)
    return 0 if report.ok else 1


# --- cameras ----------------------------------------------------------------------------------


def run_camera(args: Args) -> int:
    from camera.config import load_config, make_config
    from camera.service import run_camera as run
    from clienteling.recognition.engine import build_engine

    given = {
        "source": args.source,
        "hub": args.hub,
        "state": args.state,
        "name": args.name,
        "loop": args.loop,
        "pair_code_file": args.pair_code_file,
        "encoder": args.encoder,
        "calibration": args.calibration,
    }
    config = load_config(args.config, **given) if args.config else make_config(**given)
    return run(
        config, lambda: build_engine(config.encoder, config.state / "models", config.calibration)
    )


def run_replay(args: Args) -> int:
    from camera.replay import replay
    from clienteling.customers.sightings import resolve
    from clienteling.customers.templates import open_gallery
    from clienteling.home import admission, edge_policy, open_home
    from clienteling.recognition.engine import build_engine

    home = open_home(home_path())
    today = home.office.now().date()
    admitted = admission(home.config, home.profile, live=False, today=today, policy=args.policy)
    if args.policy == "trigger" and not args.press:
        raise UsageError("`--policy trigger` needs --press: nobody is looked at without a press.")
    recognition = home.config.recognition
    engine = build_engine(recognition.encoder, home.model_cache, recognition.calibration)
    gallery = open_gallery(home.office, engine.encoder.model_id)

    policy = edge_policy(admitted, engine.encoder.model_id, live=False)
    try:
        for visitor in replay(Path(args.video), policy, args.press or (), engine, gallery):
            seen = resolve(home.office, visitor.alias, names=args.names, actor="command")
            line = {
                "t": round(visitor.t, 3),
                "decision": str(visitor.decision),
                "customer": seen.customer,
                "score": visitor.score,
                "frames": visitor.frames,
            }
            if args.names:
                line["name"] = seen.name
            emit(args, line, json.dumps(line, ensure_ascii=False))
    finally:
        gallery.wipe()
    return 0


def run_demo(args: Args) -> int:
    from clienteling.demo.run import run_demo as run

    return run(camera=args.camera, check_only=args.check, as_json=args.json, port=args.port)


COMMANDS: dict[str, Command] = {
    "init": run_init,
    "serve": run_serve,
    "user add": run_user_add,
    "device add": run_device_add,
    "enrol": run_enrol,
    "customer show": run_customer_show,
    "customer erase": run_customer_erase,
    "consent show": run_consent_show,
    "consent withdraw": run_consent_withdraw,
    "log verify": run_log_verify,
    "camera": run_camera,
    "replay": run_replay,
    "demo": run_demo,
}


if __name__ == "__main__":
    sys.exit(main())
