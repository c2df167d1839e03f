from flask.testing import FlaskClient

from tests.support.web import pair, sign_in


def test_sign_in(client: FlaskClient) -> None:
    sign_in(client, "trained")
    pair(client, "greet", "door")
    assert client.get("/").status_code == 200
    assert client.get("/greet/door").status_code == 200
    assert client.get("/greet/other").status_code == 403
