"""A stretch of wire between the application and the database that can be cut at the worst moment."""

import contextlib
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

SOCKET_NAME = ".s.PGSQL.5432"
DEFAULT_PORT = 5432


class Proxy:
    """Listens on a socket of its own and passes everything on to the server of `url`, until told to cut."""

    def __init__(self, url: str) -> None:
        self._server = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        self._folder = tempfile.TemporaryDirectory(prefix="makegood-proxy-", dir="/tmp")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(Path(self._folder.name) / SOCKET_NAME))
        self._needle: bytes | None = None
        self._passes = 0
        self._delivers = True
        self.cuts = 0

    def __enter__(self) -> Self:
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """The address of the same database through this proxy."""
        parts = self._server | {"host": self._folder.name, "port": str(DEFAULT_PORT)}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items() if name != "dbname")
        return f"postgresql:///{parts['dbname']}?{query}"

    def cut(self, needle: str, *, after: int = 0, delivered: bool = True) -> None:
        """Cuts the wire once, at the statement that contains `needle`, when so many like it have passed.

        delivered: the server gets the statement and carries it out, and only its answer is lost.
        """
        self._needle, self._passes, self._delivers = needle.encode(), after, delivered

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, self._connect() as server:
            answers = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            answers.start()
            while sent := client.recv(65536):
                if self._is_to_be_cut(sent):
                    client.shutdown(socket.SHUT_RDWR)
                    if self._delivers:
                        server.sendall(sent)
                        answers.join(0.2)
                    break
                server.sendall(sent)
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            answers.join(5)

    def _is_to_be_cut(self, sent: bytes) -> bool:
        if self._needle is None or self._needle not in sent:
            return False
        self._passes -= 1
        if self._passes >= 0:
            return False
        self._needle = None
        self.cuts += 1
        return True

    def _connect(self) -> socket.socket:
        host, port = self._server.get("host", "localhost"), int(self._server.get("port", DEFAULT_PORT))
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while answer := server.recv(65536):
            client.sendall(answer)
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
