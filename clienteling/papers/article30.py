"""The record of processing activities of GDPR 30, from the one description."""

from datetime import date
from typing import Any

from clienteling.papers.description import Activity, Description
from clienteling.papers.document import Document, Row, Section
from clienteling.papers.words import words


def article30(shop: Description, language: str, made_on: date) -> Document:
    """Return the record in a language ("nl" or "en")."""
    say = words(language)
    own = say["article30"]
    return Document(
        language=language,
        title=own["title"],
        demo=shop.demo,
        intro=own["intro"],
        sections=(
            who_section(shop, say),
            Section(own["activities"], tuple(_activity(it, say) for it in shop.purposes)),
            Section(own["others"], tuple(_activity(it, say) for it in shop.others)),
            Section(
                own["people"],
                (
                    Row(own["people"], (own["people_text"],)),
                    Row(own["counted"], (own["counted_text"],)),
                    policy(shop, say),
                ),
            ),
            _where_section(shop, say),
            Section(
                own["terms"],
                (
                    Row(own["withdrawal"], (own["withdrawal_text"],)),
                    Row(own["lapse"], (_days(shop.consent_days, say),)),
                    Row(own["access"], (_days(shop.access_log_days, say),)),
                    Row(own["keys"], (_days(shop.key_backup_days, say),)),
                    Row(own["breach"], (own["hours"].format(n=shop.breach_hours),)),
                ),
            ),
            Section(
                own["measures"],
                (Row(own["built"], tuple(say["measures"][name] for name in shop.measures)),),
            ),
            about_section(shop.sha256, say, made_on),
        ),
    )


def who_section(shop: Description, say: dict[str, Any]) -> Section:
    """Return who answers for it (GDPR 30(1)(a))."""
    own = say["article30"]
    facts = (
        (own["controller"], shop.controller),
        (own["address"], shop.address),
        (own["contact"], shop.contact),
        (own["dpo"], shop.dpo),
        (own["dpia"], shop.dpia_id),
        (own["authority"], _said(shop.authority, say)),
    )
    return Section(
        own["who"], tuple(Row(label, (fact or say["missing"],)) for label, fact in facts)
    )


def about_section(describes: str, say: dict[str, Any], made_on: date) -> Section:
    """Return when a paper was made and what it was made of, and where it is signed."""
    own = say["about"]
    return Section(
        own["title"],
        (
            Row(own["made"], (made_on.isoformat(),)),
            Row(own["hash"], (describes,)),
            Row(own["signed"], (own["line"],)),
        ),
    )


def policy(shop: Description, say: dict[str, Any]) -> Row:
    """Return when cameras look."""
    return Row(say["article30"]["policy"], (say["policies"][shop.policy or "none"],))


def basis_of(activity: Activity, say: dict[str, Any]) -> str:
    """Return its lawful basis; the law has its own name in each language."""
    return ", ".join(activity.basis).replace("GDPR", say["law"])


def data_of(activity: Activity, say: dict[str, Any]) -> str:
    """Return its categories of data."""
    return ", ".join(say["data"][name] for name in activity.data)


def _activity(activity: Activity, say: dict[str, Any]) -> Row:
    own = say["article30"]
    kept = say["kept"][activity.name].format(n=activity.days, strangers=activity.strangers_days)
    lines = [
        own["basis"].format(text=basis_of(activity, say)),
        own["data"].format(text=data_of(activity, say)),
        *([own["special"]] if activity.special else []),
        own["kept"].format(text=kept),
    ]
    return Row(f"{activity.code} {say['activities'][activity.name]}".strip(), tuple(lines))


def _where_section(shop: Description, say: dict[str, Any]) -> Section:
    own = say["article30"]
    processors = own["processors"].format(text=", ".join(shop.recipients) or say["none"])
    return Section(
        own["where"],
        (
            Row(own["storage"], tuple(_said(place, say) for place in shop.storage)),
            Row(own["places"], tuple(_said(place, say) for place in shop.places)),
            Row(own["recipients"], (*own["recipients_text"], processors)),
            Row(own["transfers"], shop.transfers or (say["none"],)),
        ),
    )


def _said(text: str, say: dict[str, Any]) -> str:
    """Return a sentence that the program brings in this language; the shop's own as it stands."""
    return str(say["texts"].get(text, text))


def _days(number: int, say: dict[str, Any]) -> str:
    return str(say["days"].format(n=number))
