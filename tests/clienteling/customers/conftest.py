"""Grants and statements for tests of what customers tell."""

from collections.abc import Callable

import pytest

from clienteling.home import Home
from consent.notices import Notices
from consent.office import Statement
from consent.purposes import Purpose
from consent.records import Grant, require_grant

GrantOf = Callable[[str, Purpose], Grant]


@pytest.fixture
def grant_of(shop: Home) -> GrantOf:
    """The standing grant of a subject for a purpose."""

    def find(subject_id: str, purpose: Purpose) -> Grant:
        with shop.databases.identity.read() as identity:
            return require_grant(identity, subject_id, purpose, shop.office.now())

    return find


@pytest.fixture
def on_paper() -> Statement:
    return Statement(
        language="nl",
        notice_version=Notices("eu").current_version,
        method="paper",
        collected_by="command",
        attestation="paper form 17",
        confirmed=True,
        age_confirmed=True,
    )
