"""A mail server that takes everything and keeps nothing, as quickly as Python can: ``python -m bench.mail_sink``.

Prints its port. A thread for each connection; at the end of its input it prints how many messages it took.
"""

import socket
import sys
import threading

EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
END = b"\r\n.\r\n"
OK, GO_AHEAD = b"250 OK\r\n", b"354 Go ahead\r\n"


class Sink:
    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._taken: list[int] = []

    @property
    def taken(self) -> int:
        return sum(self._taken)

    def serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve_one, args=(client,), daemon=True).start()

    def _serve_one(self, client: socket.socket) -> None:
        taken = 0
        client.sendall(b"220 sink\r\n")
        waiting = b""
        while more := client.recv(1 << 16):
            waiting += more
            answers = b""
            while True:
                line, found, rest = waiting.partition(b"\r\n")
                if not found:
                    break
                waiting = rest
                word = line[:4].upper()
                if word == b"DATA":
                    client.sendall(answers + GO_AHEAD)
                    answers = b""
                    waiting = _skip_message(client, waiting)
                    taken += 1
                    answers += OK
                elif word == b"QUIT":
                    self._taken.append(taken)
                    client.sendall(answers + b"221 Bye\r\n")
                    client.close()
                    return
                else:
                    answers += EHLO if word == b"EHLO" else OK
            if answers:
                client.sendall(answers)
        self._taken.append(taken)


def _skip_message(client: socket.socket, waiting: bytes) -> bytes:
    while END not in waiting:
        more = client.recv(1 << 16)
        if not more:
            return b""
        waiting = waiting[-4:] + more if len(waiting) > 1 << 16 else waiting + more
    return waiting.partition(END)[2]


def main() -> None:
    sink = Sink()
    threading.Thread(target=sink.serve, daemon=True).start()
    print(sink.port, flush=True)
    sys.stdin.read()
    print(sink.taken, flush=True)


main()
