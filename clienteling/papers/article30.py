"""The record of processing activities of GDPR 30, from the one description."""

from typing import Any

from clienteling.papers.description import Activity, Description
from clienteling.papers.document import Document, Row, Section
from clienteling.papers.words import words


def article30(shop: Description, language: str) -> Document:
    """Return the record in a language ("nl" or "en")."""
    say = words(language)
    own = say["article30"]
    return Document(
        language=language,
        title=own["title"],
        intro=own["intro"].format(sha256=shop.sha256),
        sections=(
            who_section(shop, say),
            Section(own["activities"], tuple(_activity(it, say) for it in shop.activities)),
            Section(own["people"], (Row(own["people"], (own["people_text"],)), policy(shop, say))),
            Section(
                own["where"],
                (
                    _row(own["storage"], shop.storage, say),
                    _row(own["places"], shop.places, say),
                    _row(own["recipients"], shop.recipients, say),
                    _row(own["transfers"], shop.transfers, say),
                ),
            ),
            Section(
                own["terms"],
                (
                    Row(own["proof"], (_days(shop.proof_days, say),)),
                    Row(own["access"], (_days(shop.access_log_days, say),)),
                    Row(own["keys"], (_days(shop.key_backup_days, say),)),
                    Row(own["breach"], (own["hours"].format(n=shop.breach_hours),)),
                ),
            ),
            Section(
                own["measures"],
                (Row(own["measures"], tuple(say["measures"][name] for name in shop.measures)),),
            ),
        ),
    )


def who_section(shop: Description, say: dict[str, Any]) -> Section:
    """Return who answers for it (GDPR 30(1)(a))."""
    own = say["article30"]
    facts = (
        (own["controller"], f"{shop.controller} (DEMO)" if shop.demo else shop.controller),
        (own["address"], shop.address),
        (own["contact"], shop.contact),
        (own["dpo"], shop.dpo),
        (own["dpia"], shop.dpia_id),
        (own["authority"], shop.authority),
    )
    return Section(
        own["who"], tuple(Row(label, (fact or say["missing"],)) for label, fact in facts)
    )


def policy(shop: Description, say: dict[str, Any]) -> Row:
    """Return when cameras look."""
    return Row(say["article30"]["policy"], (say["policies"][shop.policy or "none"],))


def _activity(activity: Activity, say: dict[str, Any]) -> Row:
    own = say["article30"]
    kept = say["with_account"] if activity.days is None else _days(activity.days, say)
    lines = [
        own["basis"].format(text=", ".join(activity.basis)),
        own["data"].format(text=", ".join(activity.data)),
        *([own["special"]] if activity.special else []),
        own["kept"].format(text=kept),
    ]
    return Row(f"{activity.code} {say['purposes'][activity.purpose.value]}", tuple(lines))


def _row(label: str, values: tuple[str, ...], say: dict[str, Any]) -> Row:
    return Row(label, values or (say["none"],))


def _days(number: int, say: dict[str, Any]) -> str:
    return str(say["days"].format(n=number))
