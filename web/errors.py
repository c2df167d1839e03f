"""Refusals and faults as a sentence: a page for people, JSON for scripts; never a stack trace."""

import logging
import traceback

from flask import (
    Flask,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from clienteling.customers.directory import PreparingError
from clienteling.errors import ClientelingError, RefusedError
from clienteling.service.arrivals import ArrivalClaimedError, ArrivalGoneError
from clienteling.till.desk import AttachmentGoneError, NotConfirmedError
from clienteling.till.idempotency import InProgressError, KeyReusedError
from clienteling.webhooks.hooks import WebhookUnknownError
from consent.errors import (
    ConsentError,
    ConsentMissingError,
    KeyUnavailableError,
    NoticeError,
    PolicyRefusedError,
    ReceiptError,
    SubjectUnknownError,
    WitnessError,
)
from web.guards import DeviceNeededError, RoleNeededError, SignInNeededError, TokenNeededError
from web.public.pdf import PdfError

_log = logging.getLogger(__name__)

#: Which status an error of the domain becomes; the first that fits.
_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (ArrivalGoneError, 410),
    (ArrivalClaimedError, 409),
    (AttachmentGoneError, 410),
    (NotConfirmedError, 409),
    (InProgressError, 409),
    (KeyReusedError, 422),
    (WebhookUnknownError, 404),
    (NoticeError, 409),
    (SubjectUnknownError, 404),
    (ReceiptError, 404),
    (ConsentMissingError, 403),
    (KeyUnavailableError, 403),
    (PolicyRefusedError, 403),
    (WitnessError, 403),
    (RefusedError, 403),
    (PreparingError, 503),
    (PdfError, 501),
    (ClientelingError, 400),
    (ConsentError, 503),
)


def init_errors(app: Flask) -> None:
    """Answer every error with its sentence."""
    app.register_error_handler(SignInNeededError, _sign_in_needed)
    app.register_error_handler(TokenNeededError, _token_needed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ClientelingError, _domain_error)
    app.register_error_handler(ConsentError, _domain_error)
    app.register_error_handler(Exception, _fault)


def wants_json() -> bool:
    """Whether a script asks: it sends JSON, or says that it takes JSON and not pages."""
    accepts = request.accept_mimetypes
    return (
        request.is_json
        or request.path.startswith(("/edge/", "/api/", "/log/"))
        or (accepts.accept_json and not accepts.accept_html)
    )


def answer(status: int, title: str, sentence: str) -> ResponseReturnValue:
    """Return a refusal as the asker can take it."""
    if request.path.startswith("/api/"):
        # RFC 9457; the last two are what older clients read.
        problem = jsonify(
            type="about:blank",
            title=title,
            status=status,
            detail=sentence,
            error=title,
            message=sentence,
        )
        problem.mimetype = "application/problem+json"
        return problem, status
    if wants_json():
        return jsonify(error=title, message=sentence), status
    return (
        render_template("errors/error.html", status=status, title=title, sentence=sentence),
        status,
    )


def _sign_in_needed(_error: SignInNeededError) -> ResponseReturnValue:
    if wants_json() or request.method != "GET":
        return answer(401, gettext("Sign in"), gettext("Sign in to go on."))
    return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))


def _token_needed(_error: TokenNeededError) -> ResponseReturnValue:
    response = make_response(answer(401, *_words(-4)))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):  # another host's name: no address of ours can be built
        return Response("This is not a name of this hub.\n", 400, mimetype="text/plain")
    status = error.code or 500
    if isinstance(error, CSRFError):
        status, title, sentence = 400, *_words(-1)
    elif isinstance(error, DeviceNeededError):
        title, sentence = _words(-2)
    elif isinstance(error, RoleNeededError):
        title, sentence = _words(-3)
    else:
        title, sentence = _words(status)
    return answer(status, title, sentence)


def _domain_error(error: ClientelingError | ConsentError) -> ResponseReturnValue:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return answer(status, _words(status)[0], str(error))


def _fault(error: Exception) -> ResponseReturnValue:
    # The kind and the places, never the message: it could carry what somebody typed.
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), limit=-6, lookup_lines=False
    )
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    _log.error("fault %s in %s at %s", type(error).__name__, request.endpoint, places)
    return _http_error(InternalServerError())


def _words(status: int) -> tuple[str, str]:
    """Return title and sentence of a status (negative: a case of ours)."""
    words = {
        -1: (
            gettext("This page was open too long"),
            gettext("Go back, reload the page and try again."),
        ),
        -2: (
            gettext("This screen is not paired"),
            gettext("Ask your manager for a pairing code, and enter it under “Pair this screen”."),
        ),
        -3: (
            gettext("Not for your role"),
            gettext("Your role does not allow this. Customer cards open after the training."),
        ),
        -4: (
            gettext("Token needed"),
            gettext("Send the token of a paired device: Authorization: Bearer …"),
        ),
        400: (gettext("Not understood"), gettext("Something in the request is wrong. Try again.")),
        401: (gettext("Sign in"), gettext("Sign in to go on.")),
        403: (gettext("Not allowed"), gettext("You may not do this here.")),
        404: (gettext("Nothing here"), gettext("This address leads nowhere. Check it.")),
        405: (gettext("Not like that"), gettext("This address takes another kind of request.")),
        409: (gettext("Not now"), gettext("Something else is going on. Try again in a moment.")),
        410: (gettext("Over"), gettext("What stood here has ended.")),
        413: (gettext("Too large"), gettext("What was sent is too large. Send less at once.")),
        415: (gettext("Wrong kind"), gettext("This kind of content is not taken here.")),
        422: (gettext("Does not fit"), gettext("What was sent does not fit together.")),
        429: (gettext("Too many tries"), gettext("Wait a minute, then try again.")),
        501: (gettext("Not on this hub"), gettext("This part is not installed here.")),
        503: (gettext("Not available now"), gettext("This part is not available. Try again soon.")),
    }
    fallback = (
        gettext("Something went wrong"),
        gettext(
            "It is our fault, and nothing was lost. Try again; if it stays, tell your manager."
        ),
    )
    return words.get(status, fallback)
