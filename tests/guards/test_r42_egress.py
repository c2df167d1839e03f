"""R42: hub and camera connect to what their configuration names, and to nothing else.

Fails when a command runs without `only_to`, when the hook does not look, or when a unit lets the
whole internet in.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clienteling.config import PapersConfig, RegionConfig
from clienteling.home import NewHome, init_home, new_store

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"

#: The real command in a process of its own; where it would begin its work, it tries to get out.
#: 192.0.2.1 is nobody's (RFC 5737), and the name has no address (RFC 2606).
_TRY = """
import json, socket, sys
from importlib import import_module

import httpx

def ways():
    yield "tcp", lambda: socket.create_connection(("192.0.2.1", 443), timeout=0.2)
    yield "udp", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))
    yield "name", lambda: socket.getaddrinfo("elsewhere.invalid", 443)
    yield "http", lambda: httpx.get("https://192.0.2.1/", timeout=0.2, trust_env=False)
    yield "here", lambda: socket.create_connection(("127.0.0.1", 1), timeout=0.2)

def attempt(*_args, **_kwargs):
    found = {}
    for name, way in ways():
        try:
            way()
            found[name] = "got out"
        except Exception as error:
            found[name] = type(error).__name__
    print(json.dumps(found))
    return 0

where, name = sys.argv[1].rsplit(".", 1)
setattr(import_module(where), name, attempt)
from clienteling.cli import main
sys.exit(main(sys.argv[2:]))
"""


def _attempt(seam: str, *command: str, home: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _TRY, seam, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"CLIENTELING_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


REFUSED = dict.fromkeys(("tcp", "udp", "name", "http"), "EgressRefusedError")


def test_a_hub_gets_nowhere_else(tmp_path: Path) -> None:
    new = NewHome(
        store=new_store("Test Candy Shop", demo=True),
        region=RegionConfig(region="us", state="IL", policy="pass"),
        papers=PapersConfig(),
    )
    init_home(tmp_path / "shop", new).databases.close()
    found = _attempt("web.server.serve", "serve", home=tmp_path / "shop")
    assert found == {**REFUSED, "here": "ConnectionRefusedError"}


def test_a_camera_gets_nowhere_else(tmp_path: Path) -> None:
    camera = ("camera", "--source", "0", "--hub", "https://10.0.0.9", "--state", str(tmp_path))
    found = _attempt("camera.process.run_box", *camera, home=tmp_path)
    assert found == {**REFUSED, "here": "ConnectionRefusedError"}


@pytest.mark.parametrize("unit", ["clienteling-hub.service", "clienteling-camera@.service"])
def test_the_kernel_keeps_both_on_the_shop_s_own_network(unit: str) -> None:
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    assert "IPAddressDeny=any" in lines
    (allowed,) = [line for line in lines if line.startswith("IPAddressAllow=")]
    networks = allowed.removeprefix("IPAddressAllow=").split()
    assert networks == [
        *("localhost", "link-local"),
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    ]
