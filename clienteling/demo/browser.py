"""A browser without a screen: cookies, CSRF token, forms and JSON, over the hub's real HTTP."""

import re
from typing import Any

import httpx

from clienteling.errors import StartError

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Browser:
    """One screen's session with the hub."""

    def __init__(self, hub: str) -> None:
        """Start with no cookies; `hub` is the hub's address."""
        self.http = httpx.Client(
            base_url=hub,
            timeout=10.0,
            follow_redirects=True,
            headers={"Accept-Language": "en"},
        )

    def close(self) -> None:
        """Close its connections."""
        self.http.close()

    def page(self, path: str) -> str:
        """Return a page's HTML.

        Raises:
            StartError: the hub answered with an error.
        """
        return _checked(self.http.get(path, headers={"Accept": "text/html"})).text

    def json(self, path: str) -> Any:
        """Return a JSON answer."""
        return _checked(self.http.get(path, headers={"Accept": "application/json"})).json()

    def send(self, path: str, form: dict[str, Any], *, page: str | None = None) -> httpx.Response:
        """Send a form as its page would and return the page that follows."""
        token = self._token(page or path)
        return _checked(self.http.post(path, data={**form, "csrf_token": token}))

    def post(self, path: str, *, page: str, data: Any = None) -> Any:
        """Post JSON as a page's script would and return the JSON answer; None if there is none."""
        headers = {"X-CSRFToken": self._token(page), "Accept": "application/json"}
        answer = _checked(self.http.post(path, json=data or {}, headers=headers))
        return answer.json() if answer.content else None

    def pair(self, code: str) -> None:
        """Pair this screen."""
        self.send("/pair", {"code": code})

    def sign_in(self, username: str, password: str) -> None:
        """Sign a member of staff in."""
        self.send("/sign-in", {"username": username, "password": password})

    def _token(self, page: str) -> str:
        found = _TOKEN.search(self.page(page))
        if found is None:
            raise StartError(f"{page} carries no CSRF token.")
        return found.group(1)


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        where = f"{response.request.method} {response.request.url.path}"
        raise StartError(f"The hub answered {where} with {response.status_code}.")
    return response
