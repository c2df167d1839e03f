"""R40: the Article 30 record has a line for everything that is kept about anybody.

Fails when a table that holds a customer or somebody of the staff has no activity in the record, or
a kind of record about a customer no category of data.
"""

import pytest

from clienteling.customers.records import PURPOSE_OF, RecordKind
from clienteling.home import Home
from clienteling.papers.description import describe
from clienteling.papers.words import LANGUAGES, words
from tests.support.held import OTHERS, TABLES

#: Which activities keep rows in a table. A new table with anybody in it belongs here, and in the
#: record (`clienteling.papers.description`).
ACTIVITIES: dict[str, set[str]] = {
    "subject": {"account"},
    "customer_lookup": {"account"},
    "customer_section": {"account", "preferences", "allergies"},
    "customer_record": {purpose.value for purpose in PURPOSE_OF.values()},
    "data_key": {"account"},
    "template_alias": {"recognise"},
    "template": {"recognise"},
    "visit": {"visits"},
    "help_request": {"service"},
    "help_note": {"service"},
    "rights_request": {"requests"},
    "restriction": {"requests"},
    "consent_record": {"proof"},
    "receipt": {"proof"},
    "release_signature": {"proof"},
    "flow": {"proof"},
    "log_detail": {"proof", "staff"},
    "approval": {"staff"},
    "user": {"staff"},
    "role": {"staff"},
    "user_role": {"staff"},
    "team_moment": {"team"},
    "team_reaction": {"team"},
    "team_best": {"team"},
    "team_allowance": {"team"},
    "team_surprise": {"team"},
    "team_compliment": {"team"},
    "team_coach": {"team"},
    "team_learning": {"team"},
}


@pytest.mark.parametrize("table", sorted({table.name for _, table in TABLES}))
def test_every_table_with_anybody_in_it_is_in_the_record(shop: Home, table: str) -> None:
    if table not in ACTIVITIES:
        assert "staff" not in OTHERS[table], "of somebody who works here: it needs an activity"
        return
    described = describe(shop)
    named = {one.name for one in (*described.purposes, *described.others)}
    assert ACTIVITIES[table] <= named


@pytest.mark.parametrize("kind", RecordKind)
def test_every_kind_of_record_is_a_category_of_its_purpose(shop: Home, kind: RecordKind) -> None:
    (activity,) = [one for one in describe(shop).purposes if one.name == PURPOSE_OF[kind]]
    named = {RecordKind.DATE: "important dates", RecordKind.SALE: "purchases"}
    category = named.get(kind, kind.value)
    assert category in activity.data
    assert all(words(language)["data"][category] for language in LANGUAGES)
