"""Each matter that can be open has its sentence and its page, in both languages."""

import pytest
from flask import Flask

from clienteling.oversight.concerns import Concern, Open, Urgency
from web.privacy.concern_words import lines


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("concern", Concern)
def test_every_concern_is_said(app: Flask, concern: Concern, language: str) -> None:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        (line,) = lines((Open(concern, Urgency.SOON, 3, "dpia"),))
        assert line.text
        assert "%(" not in line.text
        assert line.href.startswith(("/privacy", "/approvals"))
