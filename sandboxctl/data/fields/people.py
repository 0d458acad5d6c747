"""Names of people, and the e-mail addresses that agree with them."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

import numpy as np

from sandboxctl.data.identifiers import EMAIL_DOMAINS
from sandboxctl.data.kinds.people import Email, FullName
from sandboxctl.data.mix import U64, Index, below, draws, happens, pick, stream
from sandboxctl.data.names import COMMUNITIES, GIVEN, SURNAMES, slug
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Joined, Numbers, Optional, Values

DOUBLE_BARRELLED = 0.04
MARRIED_OUT = 0.08
"""Share of people whose surname comes from anywhere, whatever their given name."""


def _full_name(scope: Scope, name: str, column: FullName) -> Values:  # noqa: ARG001 - as all makers
    """Given name and surname; some surnames are double-barrelled."""
    key, rows = scope.key("person", column.person), scope.people
    given, surname = _drawn(key, rows)
    second = below(draws(stream(key, "second"), rows), len(SURNAMES)).astype(np.int64)
    double = happens(draws(stream(key, "double"), rows), DOUBLE_BARRELLED)
    more = Optional(Joined(("-", Codes(SURNAMES, second))), double)
    return Joined((Codes(GIVEN, given), " ", Codes(SURNAMES, surname), more))


def _email(scope: Scope, name: str, column: Email) -> Values:  # noqa: ARG001 - as all makers
    """``given.surname.row@example.com`` for the name of the same person."""
    key, rows = scope.key("person", column.person), scope.people
    given, surname = _drawn(key, rows)
    domain = below(draws(stream(key, "domain"), rows), len(EMAIL_DOMAINS)).astype(np.int64)
    number = Numbers(scope.rows.astype(np.int64) + 1)
    local = (Codes(_slugs(GIVEN), given), ".", Codes(_slugs(SURNAMES), surname), ".", number)
    return Joined((*local, "@", Codes(EMAIL_DOMAINS, domain)))


@lru_cache(maxsize=4)
def _slugs(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(slug, names))


def _drawn(key: int, rows: U64) -> tuple[Index, Index]:
    """Positions in `GIVEN` and `SURNAMES`, mostly of one community."""
    community = pick(draws(stream(key, "community"), rows), tuple(c.share for c in COMMUNITIES))
    given = _of(community, tuple(len(c.given) for c in COMMUNITIES), stream(key, "given"), rows)
    counts = tuple(len(c.surnames) for c in COMMUNITIES)
    surname = _of(community, counts, stream(key, "surname"), rows)
    out = happens(draws(stream(key, "married"), rows), MARRIED_OUT)
    anywhere = below(draws(stream(key, "anywhere"), rows), len(SURNAMES)).astype(np.int64)
    return given, np.where(out, anywhere, surname)


def _of(community: Index, counts: tuple[int, ...], key: int, rows: U64) -> Index:
    sizes = np.array(counts, np.uint64)
    starts = np.array([0, *accumulate(counts)][:-1], np.int64)
    return starts[community] + below(draws(key, rows), sizes[community]).astype(np.int64)


MAKERS: dict[type, Maker] = {FullName: _full_name, Email: _email}
