"""Sign-in by Flask-Security-Too on plain SQLAlchemy: passwords and sessions, nothing else.

No registration, recovery or tokens: people are added by the operator (docs/decisions/0041).
"""

import base64
from datetime import timedelta

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_security import Security, SQLAlchemySessionUserDatastore
from flask_wtf import CSRFProtect
from sqlalchemy.orm import scoped_session, sessionmaker

from clienteling.access.models import Role, User
from consent.storage import Database

#: A working day; after it, sign in again.
SESSION = timedelta(hours=12)


class _Cookies(SecureCookieSessionInterface):
    """Session cookies that are `Secure` whenever the connection is; plain only on loopback."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - the interface's signature
        return request.is_secure


def init_security(app: Flask, identity: Database, secret: bytes) -> CSRFProtect:
    """Set sessions, passwords and CSRF protection up; `secret` signs the cookies."""
    app.config.update(
        SECRET_KEY=base64.b64encode(secret).decode(),
        PERMANENT_SESSION_LIFETIME=SESSION,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=True,
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
    )
    app.session_interface = _Cookies()
    session = scoped_session(sessionmaker(identity.engine, expire_on_commit=False))
    datastore = SQLAlchemySessionUserDatastore(session, User, Role)
    Security(app, datastore, register_blueprint=False)

    @app.teardown_appcontext
    def end_session(_error: BaseException | None) -> None:
        session.remove()

    return CSRFProtect(app)
