"""Region profiles: which rules hold, where they come from, and signing counsel's own."""

from dataclasses import asdict
from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import RefusedError, UsageError
from consent.errors import PolicyRefusedError
from consent.region.policy import RegionProfile


def add_commands(commands: Parsers) -> None:
    profile = add_group(commands, "profile", "The rules of a region, with their sources")
    show = add_command(
        profile, "show", run_show, "Print the rules and where each comes from", "profile show us-il"
    )
    verify = add_command(
        profile,
        "verify",
        run_verify,
        "Check a profile: the shipped file's hash, or counsel's signature, base and term",
        "profile verify counsel.note --key roe.example+1a2b3c4d+AQ… --base us-il",
    )
    for command in (show, verify):
        command.add_argument(
            "name",
            nargs="?",
            help="eu, us, us-il, … or the file that counsel signed; default: this shop's",
        )
        command.add_argument("--key", metavar="VKEY", help="counsel's verifier key, for a file")
        command.add_argument("--base", help="the profile that the file changes, as us-il")
    sign = add_command(
        profile,
        "sign",
        run_sign,
        "Sign a profile as the shop's counsel",
        "profile sign draft.toml --key counsel.pem --key-name roe.example --out counsel.note",
    )
    sign.add_argument("draft", type=Path, help="TOML (docs/operators/regions.md)")
    sign.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="PEM",
        help="Ed25519 private key: openssl genpkey -algorithm ed25519 -out counsel.pem",
    )
    sign.add_argument("--passphrase-file", type=Path, metavar="FILE", help="if the key has one")
    sign.add_argument("--key-name", required=True, help="a name of counsel's own, as roe.example")
    sign.add_argument("--out", type=Path, required=True, metavar="FILE")


def run_show(args: Args) -> int:
    profile = _profile(args)
    emit(args, asdict(profile), _text(profile))
    return 0


def run_verify(args: Args) -> int:
    profile = _profile(args)
    counsel = profile.counsel
    signer = (
        f", changed by {counsel.name} ({counsel.key}) until {counsel.expires}" if counsel else ""
    )
    result = {
        "ok": True,
        "region": profile.region,
        "sha256": profile.sha256,
        "counsel": asdict(counsel) if counsel else None,
    }
    emit(args, result, f"The profile {profile.region} holds{signer}. SHA-256 {profile.sha256}")
    return 0


def run_sign(args: Args) -> int:
    from clienteling.counsel_key import load_signing_key
    from consent.clock import now
    from consent.log.notes import sign_text, verifier_key
    from consent.region.counsel import check_base, check_changes, check_term, parse_counsel
    from consent.region.profiles import load_profile

    if not args.key_name or set(args.key_name) & set(" +\t\n"):
        raise UsageError("A key's name has no spaces and no plus sign, as roe.example.")
    text = _read(args.draft).rstrip("\n") + "\n"
    key = load_signing_key(args.key, args.passphrase_file)
    try:
        asked = parse_counsel(text)
        base = load_profile(asked.base)
        check_base(base, asked)
        check_term(asked, now().date())
        check_changes(base, asked)
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error
    try:
        args.out.write_text(sign_text(key, args.key_name, text), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{args.out} cannot be written: {error.strerror}.") from error
    vkey = verifier_key(args.key_name, key.public_key().public_bytes_raw())
    emit(
        args,
        {"out": str(args.out), "key": vkey},
        f"{args.out} is signed. The shop pins this key:\n{vkey}",
    )
    return 0


def _profile(args: Args) -> RegionProfile:
    """Return the profile that was asked for: this shop's, a shipped one, or counsel's file.

    Raises:
        RefusedError: it does not hold.
        UsageError: a file without its key or base.
    """
    from clienteling.config import load_config
    from clienteling.region import active_profile
    from consent.clock import now
    from consent.region.counsel import apply_counsel
    from consent.region.profiles import load_profile, profile_names

    today = now().date()
    try:
        if args.name is None:
            home = home_path()
            profile = active_profile(home, load_config(home).region, today)
            if profile.blocked:
                raise RefusedError(profile.blocked)
            return profile
        if args.name in profile_names():
            return load_profile(args.name)
        if not Path(args.name).is_file():
            known = ", ".join(profile_names())
            raise UsageError(f"There is no profile and no file {args.name}. Shipped: {known}.")
        if args.key is None or args.base is None:
            raise UsageError("For a file that counsel signed give --key and --base.")
        return apply_counsel(load_profile(args.base), _read(Path(args.name)), args.key, today)
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text. Check the file.") from error


def _text(profile: RegionProfile) -> str:
    lines = [f"{profile.region}: {profile.jurisdiction}", f"SHA-256 {profile.sha256}"]
    if profile.counsel:
        counsel = profile.counsel
        lines.append(f"Changed by {counsel.name} with the key {counsel.key}: {counsel.reason}")
        lines.append(f"Signed {counsel.signed}, holds until {counsel.expires}.")
    lines += [f"Complaints: {profile.authority}", ""]
    for rule in profile.rules:
        confirm = " To be confirmed by counsel." if rule.confirm else ""
        lines.append(f"{rule.name}: {rule.value}")
        lines.append(f"    {rule.source}. Seen {rule.seen}.{confirm}")
    return "\n".join(lines)
