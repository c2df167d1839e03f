"""A real RTSP camera: GStreamer's server, run by Debian's Python (`python3-gi`), not by ours.

    /usr/bin/python3 rtsp_server.py PORT FOLDER [NAME PASSWORD]

Plays FOLDER's 00.jpg, 01.jpg … round and round at /h264 and /h265, and a tone at /sound. Prints
`ready` when it listens. Without a name everybody may look; with one, Digest is asked for.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # after its versions

_PICTURES = (
    'multifilesrc location="{folder}/%02d.jpg" start-index=0 loop=true '
    "caps=image/jpeg,framerate=10/1 ! jpegdec ! videoconvert ! video/x-raw,format=I420 ! "
)
_PATHS = {
    "/h264": _PICTURES
    + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0",
    "/h265": _PICTURES
    + "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph265pay name=pay0",
    "/sound": "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8",
}


def main(port: str, folder: str, name: str = "", password: str = "") -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if name:
        server.set_auth(_auth(name, password))
    for path, launch in _PATHS.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {launch.format(folder=folder)} )")
        factory.set_shared(True)  # GStreamer's signature
        if name:
            permissions = GstRtspServer.RTSPPermissions()
            for act in ("media.factory.access", "media.factory.construct"):
                permissions.add_permission_for_role("user", act, True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    sys.stdout.write(f"ready {server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def _auth(name: str, password: str) -> "GstRtspServer.RTSPAuth":
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_digest(name, password, token)
    return auth


if __name__ == "__main__":
    main(*sys.argv[1:])
