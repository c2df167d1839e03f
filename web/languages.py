"""Dutch and English on every screen. English is the text in the code; Dutch is a translation.

Each area keeps its own catalogue (web/translations/<area>/nl/LC_MESSAGES/messages.po), so that
pages can be written side by side; `python -m web.translations.build` checks and compiles them.
"""

from pathlib import Path

from flask import Flask, request
from flask_babel import Babel, get_locale

from web.context import current_hub

LANGUAGES = {"nl": "Nederlands", "en": "English"}
DEFAULT = "nl"
COOKIE = "language"

TRANSLATIONS = Path(__file__).parent / "translations"


def language() -> str:
    """Return the language of this request: "nl" or "en"."""
    locale = get_locale()
    return DEFAULT if locale is None else str(locale.language)


def was_chosen() -> bool:
    """Whether somebody chose a language on this screen."""
    return request.cookies.get(COOKIE, "") in LANGUAGES


def choose() -> str:
    """Pick the language: what was chosen on this screen, the shop's, or what the browser asks for.

    A shop that says none in its configuration leaves it to the browser.
    """
    if was_chosen():
        return request.cookies[COOKIE]
    of_the_shop = current_hub().home.config.store.language
    if of_the_shop is not None:
        return of_the_shop
    return request.accept_languages.best_match(list(LANGUAGES), default=DEFAULT)


def init_languages(app: Flask) -> None:
    """Set the catalogues of all areas up."""
    areas = sorted(path for path in TRANSLATIONS.iterdir() if (path / "nl").is_dir())
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(path) for path in areas)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    Babel(app, locale_selector=choose)
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)
