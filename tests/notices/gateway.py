"""A mail gateway for tests: speaks as much SMTP as a sender needs, and answers what it is told."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from types import TracebackType


class Gateway:
    """Keeps what it accepted; `answers` says what it replies to a command instead of the usual."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.answers: dict[str, bytes | None] = {}
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> Gateway:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.accepted]

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        gateway = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say(b"220 ready")
                while line := self.rfile.readline():
                    verb = line[:4].strip().upper().decode()
                    if verb == "DATA" and "DATA" not in gateway.answers:
                        self._take()
                    elif gateway.answers.get(verb, b"") is None:  # hangs up
                        return
                    else:
                        self._say(gateway.answers.get(verb, b"250 fine"))

            def _take(self) -> None:
                self._say(b"354 go on")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line)
                gateway.accepted.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
                if gateway.answers.get("AFTER", b"") is not None:
                    self._say(gateway.answers.get("AFTER", b"250 taken"))

            def _say(self, words: bytes) -> None:
                self.wfile.write(words + b"\r\n")

        return Conversation
