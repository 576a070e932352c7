"""A network camera on loopback that fails in the ways real ones do: MJPEG over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.fakes.bad_service import refusing_port

if TYPE_CHECKING:
    from merchant_app.scanning.frames import BgrImage

FPS = 30


class MjpegCamera:
    """Serves pictures for ever until told to fail.

    `url()` is a camera that works; `url(die=20)` closes the connection after 20 pictures, `half`
    in the middle of the 20th, `stall` goes silent and keeps the connection; `url("/never")`
    accepts and never answers, `url("/404")` has no camera.

    Attributes:
        connections: how many pictures' streams were begun.
    """

    def __init__(self, jpegs: list[bytes], *, port: int) -> None:
        self._jpegs = jpegs
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.gone = threading.Event()
        self.connections = 0

    def url(self, path: str = "/cam", **fail_after: int) -> str:
        query = "&".join(f"{name}={value}" for name, value in fail_after.items())
        return f"http://127.0.0.1:{self._port}{path}" + (f"?{query}" if query else "")

    def plug_in(self) -> None:
        """Begin to serve, always at the same port."""
        camera = self
        self.gone = threading.Event()

        class Handler(_Handler):
            owner = camera

        self._server = _Server(("127.0.0.1", self._port), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake camera"
        )
        self._thread.start()

    def unplug(self) -> None:
        """Close all connections and the port."""
        self.gone.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()  # joins the handlers
            self._server = None

    def picture(self, number: int) -> bytes:
        return self._jpegs[number % len(self._jpegs)]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the server; nothing else may happen here."""


class _Handler(BaseHTTPRequestHandler):
    owner: MjpegCamera

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/404":
            self.send_error(404)
        elif parts.path == "/never":
            self.owner.gone.wait()
        else:
            self.owner.connections += 1
            limits = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
            with suppress(BrokenPipeError, ConnectionResetError):
                self._stream(limits)
        self.close_connection = True

    def _stream(self, limits: dict[str, int]) -> None:
        gone = self.owner.gone
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        number = 0
        while number != limits.get("die"):
            if number == limits.get("stall"):
                gone.wait()
                return
            jpeg = self.owner.picture(number)
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            if number == limits.get("half"):
                self.wfile.write(head.encode() + jpeg[: len(jpeg) // 2])
                return
            self.wfile.write(head.encode() + jpeg + b"\r\n")
            number += 1
            if gone.wait(1 / FPS):
                return


@contextmanager
def mjpeg_camera(images: list[BgrImage]) -> Iterator[MjpegCamera]:
    """A camera that shows these pictures over and over."""
    import cv2

    jpegs = [bytes(cv2.imencode(".jpg", image)[1].tobytes()) for image in images]
    with refusing_port() as port:  # nobody else's while the camera is unplugged
        camera = MjpegCamera(jpegs, port=port)
        camera.plug_in()
        try:
            yield camera
        finally:
            camera.unplug()
