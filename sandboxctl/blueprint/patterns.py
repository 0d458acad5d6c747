"""What text in a blueprint has to look like, as an expression and in words."""

from __future__ import annotations

NAME = r"^[a-z](-?[a-z0-9])*$"
IDENTIFIER = r"^[a-z][a-z0-9_]{0,62}$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"
CONTAINER_PATH = r"^(/[^/\x00-\x1f:]+)+$"
USER = r"^(0(:0)?|[1-9][0-9]{0,8}(:[1-9][0-9]{0,8})?)$"
URL_PATH = r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$"
DURATION = r"^([0-9]+(\.[0-9]+)?[dhms])+$"
SIZE = r"^[0-9]{1,15} ?[bkmgBKMG]?[bB]?$"
REQUEST = r"^/[!-~]*$"
PYTHON = r"^3\.(1[1-9]|[2-9][0-9])$"
IMAGE = (
    r"^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*(:[0-9]{1,5})?/)?"
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$"
)
"""Source  https://github.com/distribution/reference/blob/main/reference.go"""

GRANT = (
    r"^(root|writable_root|run|cap:[A-Z][A-Z_]{1,40}|egress:[a-z0-9.-]{1,253}(:[0-9]{1,5})?"
    r"|(mem_limit|cpus|pids_limit):[0-9][0-9.]{0,14}[bkmgBKMG]?)$"
)

DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
"""Of a den, not of a blueprint."""

STEP = r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$"
COLUMN = r"^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$"

UNTIL = (
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)$"
)
"""Of a workshop, not of a blueprint."""

PATTERNS = {
    STEP: "a column of the table, or one of the row it refers to, such as claim.received",
    COLUMN: "a table and a column of it, such as homes.uprn",
    DOMAIN: "a domain of small letters, digits and hyphens, such as den.example",
    UNTIL: "a time such as 17:00 or 2026-05-12 17:00",
    DURATION: "a duration such as 20s, 90m or 8h",
    SIZE: "a size such as 256m or 1g",
    NAME: "a name of small letters, digits and single hyphens, beginning with a letter: "
    "it becomes a host name",
    IDENTIFIER: "a name of small letters, digits and underscores, beginning with a letter",
    VARIABLE: "a name of letters, digits and underscores, as an environment variable has",
    CONTAINER_PATH: "an absolute path inside the container such as /srv/data, without `:` or a `/` "
    "at the end",
    USER: 'numeric and not root, such as "10001:10001"; root is "0:0", and an exception',
    URL_PATH: "a path such as /, /api or /live, without a `/` at the end",
    REQUEST: "a path such as /health",
    PYTHON: 'a version of Python from "3.11" on, in quotes',
    GRANT: "root, writable_root, run, cap:NAME, egress:HOST:PORT, or a higher limit such as "
    "mem_limit:12g",
    IMAGE: "an image such as redis:7 or registry.example.org/team/api:1.2",
}
