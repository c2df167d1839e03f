"""People of a shop under numbers that a test can name, whatever the database counted before."""

import uuid

from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.access.models import Role, User
from clienteling.access.users import hash_password
from clienteling.home import Home
from consent.clock import stamp
from tests.support.web import PASSWORD, post_form


def hire(home: Home, number: int, username: str, *roles: str) -> str:
    """Add somebody as `user:<number>`, called as the user name is; returns the user name."""
    with home.databases.identity.write() as identity:
        known = {role.name: role for role in identity.scalars(select(Role))}
        identity.add(
            User(
                id=number,
                username=username,
                name=username.title(),
                password=hash_password(PASSWORD),
                active=True,
                fs_uniquifier=uuid.uuid4().hex,
                created_at=stamp(home.office.now()),
                roles=[known.get(name) or Role(name=name, description=name) for name in roles],
            )
        )
    return username


def enter(client: FlaskClient, username: str) -> FlaskClient:
    """Sign somebody in who was hired, in English."""
    client.set_cookie("language", "en")
    answer = post_form(client, "/sign-in", username=username, password=PASSWORD)
    assert answer.status_code == 302, answer.text
    return client
