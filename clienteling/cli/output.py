"""How commands speak: results on standard output, sentences on standard error."""

import argparse
import json
import sys
from dataclasses import asdict, is_dataclass
from typing import Any

Args = argparse.Namespace


def emit(args: Args, result: Any, text: str = "") -> None:
    """Print the result: one JSON line with `--json`, else the text for people."""
    if args.json:
        payload = (
            asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
        )
        print(json.dumps(payload, ensure_ascii=False, default=str), flush=True)
    elif text:
        print(text, flush=True)


def warn(sentence: str) -> None:
    print(f"clienteling: {sentence}", file=sys.stderr)


def warn_development_key() -> None:
    warn(
        "development key: not for real customers. "
        "Set CLIENTELING_PASSPHRASE_FILE before `init` to seal it."
    )
