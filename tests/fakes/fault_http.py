"""Where an HTTP/1.1 message begins and ends on a socket (RFC 9112, 6.3), kept to the byte."""

from __future__ import annotations

import socket
from dataclasses import dataclass

HEAD_BYTES_MAX = 65_536
BODY_BYTES_MAX = 64 * 1024 * 1024
_PIECE_BYTES = 65_536
_END_OF_HEAD = b"\r\n\r\n"


class NotHttp(Exception):
    """What came is no HTTP/1.1 message, or one beyond the limits."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request or answer.

    Attributes:
        head: to the empty line, that included.
        sent_body: the body as it was on the wire, chunk sizes and all.
        body: the body itself.
        until_closed: the body's end was the connection's.
    """

    head: bytes
    sent_body: bytes
    body: bytes
    until_closed: bool = False

    @property
    def whole(self) -> bytes:
        return self.head + self.sent_body

    @property
    def ends_connection(self) -> bool:
        return self.until_closed or header(self.head, b"connection").lower() == b"close"

    def with_body(self, body: bytes) -> Message:
        """The same head, but for what it says of the body's length."""
        first, *fields = self.head.removesuffix(_END_OF_HEAD).split(b"\r\n")
        kept = [
            field
            for field in fields
            if field.partition(b":")[0].strip().lower()
            not in (b"content-length", b"transfer-encoding")
        ]
        kept.append(b"Content-Length: %d" % len(body))
        return Message(b"\r\n".join([first, *kept]) + _END_OF_HEAD, body, body)


def header(head: bytes, name: bytes) -> bytes:
    """The value of a field; empty when there is none."""
    for line in head.split(b"\r\n")[1:]:
        field, _, value = line.partition(b":")
        if field.strip().lower() == name:
            return value.strip()
    return b""


class MessageReader:
    """Reads messages one after the other from a socket. One thread at a time.

    Every method may raise NotHttp, or OSError when the other side resets or stays silent for
    longer than the socket's time limit.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._pending = b""

    def request(self) -> Message | None:
        """The next request; None when the other side ended the connection between two."""
        head = self._head()
        if head is None:
            return None
        return self._with_body(head, until_closed=False)

    def answer(self, *, to: bytes) -> Message:
        """The answer to a request of this method (`to`)."""
        head = self._head()
        while head is not None and head[9:10] == b"1":  # 1xx: the answer itself follows
            head = self._head()
        if head is None:
            raise ConnectionResetError("closed instead of answering")
        if to == b"HEAD" or head[9:12] in (b"204", b"304"):
            return Message(head, b"", b"")
        return self._with_body(head, until_closed=True)

    def _with_body(self, head: bytes, *, until_closed: bool) -> Message:
        if header(head, b"transfer-encoding").lower() == b"chunked":
            sent, body = self._chunks()
            return Message(head, sent, body)
        length = header(head, b"content-length")
        if not length:
            body = self._to_the_end() if until_closed else b""
            return Message(head, body, body, until_closed)
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            raise NotHttp("the length of the body")
        body = self._exactly(int(length))
        return Message(head, body, body)

    def _head(self) -> bytes | None:
        while (end := self._pending.find(_END_OF_HEAD)) < 0:
            if len(self._pending) > HEAD_BYTES_MAX:
                raise NotHttp("a head without end")
            if not self._more():
                if self._pending:
                    raise NotHttp("half a head")
                return None
        end += len(_END_OF_HEAD)
        head, self._pending = self._pending[:end], self._pending[end:]
        return head

    def _chunks(self) -> tuple[bytes, bytes]:
        sent, body = bytearray(), bytearray()
        while True:
            line = self._line()
            digits = line.partition(b";")[0].strip()
            try:
                size = int(digits, 16)
            except ValueError:
                raise NotHttp("the size of a chunk") from None
            if not 0 <= size <= BODY_BYTES_MAX - len(body):
                raise NotHttp("the size of a chunk")
            sent += line
            if size == 0:
                break
            chunk = self._exactly(size + 2)
            sent += chunk
            body += chunk[:-2]
        while (line := self._line()) != b"\r\n":  # trailer fields
            sent += line
        return bytes(sent + line), bytes(body)

    def _line(self) -> bytes:
        while (end := self._pending.find(b"\r\n")) < 0:
            if len(self._pending) > HEAD_BYTES_MAX:
                raise NotHttp("a line without end")
            if not self._more():
                raise ConnectionResetError("closed in the middle of a body")
        line, self._pending = self._pending[: end + 2], self._pending[end + 2 :]
        return line

    def _exactly(self, count: int) -> bytes:
        pieces = bytearray(self._pending)
        while len(pieces) < count:
            piece = self._sock.recv(_PIECE_BYTES)
            if not piece:
                raise ConnectionResetError("closed in the middle of a body")
            pieces += piece
        self._pending = bytes(pieces[count:])
        return bytes(pieces[:count])

    def _to_the_end(self) -> bytes:
        while self._more():
            if len(self._pending) > BODY_BYTES_MAX:
                raise NotHttp("a body without end")
        body, self._pending = self._pending, b""
        return body

    def _more(self) -> bool:
        piece = self._sock.recv(_PIECE_BYTES)
        self._pending += piece
        return bool(piece)
