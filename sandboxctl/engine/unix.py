"""The library's way to a Unix socket, which leaves nothing open where nobody answers."""

from __future__ import annotations

import socket
from typing import Any

from docker.transport import UnixHTTPAdapter
from docker.transport.unixconn import UnixHTTPConnection, UnixHTTPConnectionPool


class _Connection(UnixHTTPConnection):
    def connect(self) -> None:
        # docker 7.2 forgets the socket where `connect` fails: one more stays open with each
        # question to an engine that is away, until memory is tidied.
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(self.timeout)
            made.connect(self.unix_socket)
        except BaseException:
            made.close()
            raise
        self.sock = made


class _Pool(UnixHTTPConnectionPool):
    def __init__(self, url: str, socket_path: str, seconds: int, most: int) -> None:
        super().__init__(url, socket_path, seconds, maxsize=most)
        self._seconds = seconds

    def _new_conn(self) -> Any:  # urllib3 has a protocol for it that its own class does not keep
        return _Connection(self.base_url, self.socket_path, self._seconds)


class Adapter(UnixHTTPAdapter):
    """As the library's ``like``, with connections that close what they opened."""

    def __init__(self, like: UnixHTTPAdapter) -> None:
        super().__init__(
            f"http+unix://{like.socket_path}", like.timeout, max_pool_size=like.max_pool_size
        )

    def get_connection(self, url: bytes | str, _proxies: object = None) -> UnixHTTPConnectionPool:
        with self.pools.lock:
            pool: UnixHTTPConnectionPool | None = self.pools.get(url)
            if pool is None:
                pool = _Pool(str(url), self.socket_path, self.timeout, self.max_pool_size)
                self.pools[url] = pool
        return pool
