"""Images that many Compose files use, and what a den has to know of them.

Facts (ports, folders, users) are from the images' own public documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Known:
    """``port`` is the one it answers on, ``web`` whether a browser is what asks; ``folders`` are
    those it writes to; ``memory`` in MiB."""

    port: int = 0
    web: bool = False
    user: str = ""
    folders: tuple[str, ...] = ()
    memory: int = 0


_POSTGRES = Known(5432, user="999:999", folders=("/var/lib/postgresql", "/var/run/postgresql"))
_HTTP = Known(80, web=True)
_SHARE = "/usr/share"
_NGINX = ("/var/cache/nginx", "/run")
_KNOWN: dict[str, Known] = {
    "postgres": _POSTGRES,
    "postgis/postgis": _POSTGRES,
    "pgvector/pgvector": _POSTGRES,
    "timescale/timescaledb": replace(_POSTGRES, user="70:70"),
    "mysql": Known(3306, user="999:999", folders=("/var/lib/mysql", "/var/run/mysqld"), memory=768),
    "mariadb": Known(3306, user="999:999", folders=("/var/lib/mysql", "/run/mysqld"), memory=512),
    "mongo": Known(27017, user="999:999", folders=("/data/db", "/data/configdb"), memory=768),
    "redis": Known(6379, user="999:1000", folders=("/data",), memory=128),
    "valkey/valkey": Known(6379, user="999:1000", folders=("/data",), memory=128),
    "memcached": Known(11211, user="11211:11211", memory=128),
    "rabbitmq": Known(5672, user="999:999", folders=("/var/lib/rabbitmq",), memory=512),
    "elasticsearch": Known(
        9200, user="1000", folders=(f"{_SHARE}/elasticsearch/data",), memory=2048
    ),
    "opensearchproject/opensearch": Known(
        9200, user="1000:1000", folders=(f"{_SHARE}/opensearch/data",), memory=2048
    ),
    "minio/minio": Known(9000, folders=("/data",), memory=512),
    "nginx": Known(80, web=True, user="101:101", folders=_NGINX, memory=128),
    "nginxinc/nginx-unprivileged": Known(8080, web=True, memory=128),
    "httpd": Known(80, web=True, user="33:33", folders=("/usr/local/apache2/logs",), memory=128),
    "caddy": Known(80, web=True, folders=("/data", "/config"), memory=128),
    "wordpress": Known(80, web=True, user="33:33", folders=("/var/www/html", "/run"), memory=512),
    "nextcloud": Known(80, web=True, user="33:33", folders=("/var/www/html", "/run"), memory=512),
    "drupal": Known(80, web=True, user="33:33", folders=("/var/www/html", "/run"), memory=512),
    "ghost": Known(
        2368, web=True, user="1000:1000", folders=("/var/lib/ghost/content",), memory=512
    ),
    "prom/prometheus": Known(
        9090, web=True, user="65534:65534", folders=("/prometheus",), memory=512
    ),
    "gitea/gitea": Known(3000, web=True, folders=("/data",), memory=512),
    "grafana/grafana": Known(3000, web=True, user="472", folders=("/var/lib/grafana",), memory=512),
    "adminer": Known(8080, web=True, memory=128),
    "phpmyadmin": Known(80, web=True, folders=("/run", "/sessions"), memory=256),
    "dpage/pgadmin4": Known(80, web=True, user="5050", folders=("/var/lib/pgadmin",), memory=512),
    "odoo": Known(8069, web=True, folders=("/var/lib/odoo",), memory=1024),
    "metabase/metabase": Known(3000, web=True, memory=2048),
    "keycloak/keycloak": Known(8080, web=True, user="1000", memory=1536),
    "mailhog/mailhog": Known(8025, web=True, memory=128),
    "axllent/mailpit": Known(8025, web=True, memory=128),
    "traefik": _HTTP,
    "haproxy": _HTTP,
}
DATABASES = frozenset(
    [1433, 1521, 2181, 3306, 4222, 5432, 5433, 5672, 6379, 6432, 7687, 9042, 9092, 11211,
     26257, 27017, 33060]
)  # fmt: skip
"""Ports on which no browser is answered."""
WEB = (80, 8080, 3000, 8000, 5000, 5173, 4200, 8081, 8888, 9000, 4000, 8001)
TLS = frozenset([443, 8443, 9443])
_MIRRORS = re.compile(
    r"^(?:docker\.io/|registry\.hub\.[a-z.]+/|[a-z0-9.]+/docker-library/)?(?:library/)?"
)


def repository(image: str) -> str:
    """``docker.io/library/postgres:16@sha256:…`` → ``postgres``."""
    name = _MIRRORS.sub("", image.partition("@")[0])
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def known(image: str) -> Known | None:
    """What is known of an image; of a vendor's registry, its last two parts count."""
    name = repository(image)
    if name.startswith(("docker.elastic.co/elasticsearch/", "bitnami/", "bitnamilegacy/")):
        return _KNOWN["elasticsearch"] if name.endswith("/elasticsearch") else None
    parts = name.split("/")
    return _KNOWN.get(name) or (_KNOWN.get("/".join(parts[-2:])) if "." in parts[0] else None)
