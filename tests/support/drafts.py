"""Drafts of a shop's own texts: those that are shown now, with some words changed."""

from pathlib import Path

from consent.notices import LANGUAGES
from consent.office import Office
from consent.purposes import Purpose

#: What a draft says otherwise, by language: the words before and after.
REWORDED = {
    "en": ("The computer turns", "Our computer turns"),
    "nl": ("De computer", "Onze computer"),
}


def write_draft(
    office: Office,
    folder: Path,
    *,
    version: str = "shop-2027-01",
    base: str | None = None,
    changed: tuple[Purpose, ...] = (),
    purpose: Purpose = Purpose.RECOGNISE,
) -> Path:
    """Write a draft without flaws, and return its folder."""
    folder.mkdir(parents=True)
    names = ", ".join(f'"{one.value}"' for one in changed)
    sheet = f'version = "{version}"\nbase = "{base or office.notices.current_version}"\n'
    (folder / "notice.toml").write_text(f"{sheet}changed = [{names}]\n", encoding="utf-8")
    for language in LANGUAGES:
        text = office.notices.current(language, purpose).text
        (folder / language).mkdir()
        file = folder / language / f"{purpose.value}.md"
        file.write_text(text.replace(*REWORDED[language]), encoding="utf-8")
    return folder
