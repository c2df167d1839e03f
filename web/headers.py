"""What every answer says to the browser: keep nothing, run nothing that is not ours."""

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

#: Where the browser may open a camera: enrolment in the kiosk, and the board, which scans codes.
_CAMERA_PATHS = ("/kiosk",)
_CAMERA_PAGES = ("staff.board",)

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

_FIXED = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_NOTHING = "microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"


def init_headers(app: Flask) -> None:
    """Set the headers of every answer, and refuse bodies that would be spooled to disk."""

    @app.before_request
    def refuse_multipart() -> ResponseReturnValue | None:
        # Form parsers write parts to temporary files; a face must never lie in one (R3).
        if request.mimetype.startswith("multipart/"):
            raise UnsupportedMediaType
        return None

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        scans = request.endpoint in _CAMERA_PAGES
        camera = "(self)" if scans or request.path.startswith(_CAMERA_PATHS) else "()"
        response.headers["Permissions-Policy"] = f"camera={camera}, {_NOTHING}"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=300"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
