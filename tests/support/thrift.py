"""What every test would compile again, compiled once in a process.

A test has an application of its own, and building one is mostly compiling: 280 addresses and the
templates of its pages. What comes out is the same each time, so it is kept. The product is not
touched: it builds one application in its life.
"""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _Kept(BytecodeCache):
    """Compiled templates, by their name and the checksum of their source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = _Kept()


def compile_addresses_once(patched: pytest.MonkeyPatch) -> None:
    """Keep what werkzeug generates for an address; it depends on nothing but the key here."""
    generate = Rule._compile_builder
    kept: dict[object, Callable[..., tuple[str, str]]] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:
            return generate(rule, append_unknown)
        key = (*rule._trace, append_unknown)
        if key not in kept:
            kept[key] = generate(rule, append_unknown)
        return kept[key]

    patched.setattr(Rule, "_compile_builder", compile_builder)
