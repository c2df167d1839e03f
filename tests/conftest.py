"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings

from clienteling.process import search_on_one_thread
from tests.support.thrift import TEMPLATES, compile_addresses_once

# As the program itself does, before anything loads numpy: beside busy neighbours two threads of
# OpenBLAS wait for each other, and one product takes a hundred times as long.
search_on_one_thread()

pytest_plugins = [
    "tests.support.postgresql",
    "tests.support.office",
    "tests.support.shops",
    "tests.support.web",
    "tests.support.browser",
    "tests.support.cameras",
    "tests.support.broker",
    "tests.support.passes",
    "tests.support.receiver",
]

# The same examples on every run, however slow the machine is.
settings.register_profile("clienteling", deadline=None, derandomize=True)
settings.load_profile("clienteling")


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash passwords at no cost: half a second for everybody who signs in is most of a test.

    What the real parameters are, `tests/clienteling/access/test_users.py` holds.
    """
    with pytest.MonkeyPatch.context() as patched:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patched.setattr("clienteling.access.users._HASHER", cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        compile_addresses_once(patched)
        patched.setitem(Flask.jinja_options, "bytecode_cache", TEMPLATES)
        yield
