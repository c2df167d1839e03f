"""The Markdown of the notices, as data."""

import pytest

from consent.notices import LANGUAGES, PURPOSES, Notices
from web.kiosk.markdown import Block, Run, blocks
from web.kiosk.wording import text_of


def test_paragraphs_lists_headings_and_bold() -> None:
    text = "One\nline.\n\n## Head\n\n**Bold** rest.\n\n- first\n  goes on\n- second"
    assert blocks(text) == (
        Block("p", ((Run("One line.", bold=False),),)),
        Block("h", ((Run("Head", bold=False),),)),
        Block("p", ((Run("Bold", bold=True), Run(" rest.", bold=False)),)),
        Block("ul", ((Run("first goes on", bold=False),), (Run("second", bold=False),))),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_word_of_a_notice_is_lost_and_no_mark_remains(language: str, purpose: str) -> None:
    """What is shown is the text whose hash is recorded (R10)."""
    notice = Notices("eu").current(language, purpose)  # type: ignore[arg-type]
    text = text_of(notice)
    shown = " ".join(
        run.words for part in (*text.summary, *text.rest) for line in part.lines for run in line
    )
    plain = notice.body.replace("**", "").replace("\n- ", "\n").replace("#", "")
    assert shown.split() == [word for word in plain.split() if word != "-"]
    assert text.summary
    assert text.title
