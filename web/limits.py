"""How often something may be tried from one address (Flask-Limiter, counted in memory).

A view says it with `@limited("10 per minute")`; `init_limits` applies it when the app is built, so
that the counters belong to that app and to nothing global.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

_MARK = "clienteling_limit"
_View = TypeVar("_View", bound=Callable[..., Any])


def limited(
    rule: str, methods: tuple[str, ...] = ("POST",), *, overall: str | None = None
) -> Callable[[_View], _View]:
    """Mark a view: requests of these methods from one address follow `rule`, then hear 429.

    Args:
        rule: As "10 per minute"; several with ";" between them.
        methods: Which requests count.
        overall: The same for all addresses together.
    """

    def mark(view: _View) -> _View:
        setattr(view, _MARK, (rule, methods, overall))
        return view

    return mark


def init_limits(app: Flask) -> None:
    """Apply every mark. Call after the last blueprint."""
    limiter = Limiter(
        get_remote_address, app=app, storage_uri="memory://", strategy="moving-window"
    )
    for endpoint, view in app.view_functions.items():
        marked = getattr(view, _MARK, None)
        if marked is not None:
            rule, methods, overall = marked
            limit: Callable[[Any], Any] = limiter.limit(rule, methods=list(methods))
            view = limit(view)  # noqa: PLW2901 - the view with its limits
            if overall is not None:
                together = limiter.limit(overall, key_func=lambda: "all", methods=list(methods))
                view = together(view)  # noqa: PLW2901
            app.view_functions[endpoint] = view
