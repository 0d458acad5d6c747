"""What is known of a person: all columns of a row read the same two draws."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sandboxctl.data.chance.mix import Index, below
from sandboxctl.data.fields import people_tables as tables
from sandboxctl.data.fields.people_births import aged, bits, born, case, cell
from sandboxctl.data.fields.people_names import (
    Named,
    all_forenames,
    all_surnames,
    name_bits,
    named,
    written,
)
from sandboxctl.data.identifiers import EMAIL_DOMAINS
from sandboxctl.data.kinds.people import (
    Age,
    DateOfBirth,
    Email,
    Forename,
    FullName,
    Sex,
    Surname,
    Title,
)
from sandboxctl.data.people.names import FORENAMES, SURNAMES, slug
from sandboxctl.data.people.titles import TITLE_BITS, TITLES
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Days, Joined, Mask, Numbers, Values

CONTACT = "contact"
"""The person whose e-mail address it is where that is a third party's."""

_TITLE = np.uint64((1 << TITLE_BITS) - 1)
_UNSAID = 2


def _forename(scope: Scope, name: str, column: Forename) -> Cells:  # noqa: ARG001 - as all makers
    index = written(scope, column.person).forename
    return Cells(Codes(_forenames(scope), index), _where(scope, case(scope, "single_name")))


def _surname(scope: Scope, name: str, column: Surname) -> Values:  # noqa: ARG001 - as all makers
    return Codes(_surnames(scope), written(scope, column.person).surname)


def _full_name(scope: Scope, name: str, column: FullName) -> Values:  # noqa: ARG001 - as all makers
    who = written(scope, column.person)
    return Joined(
        (Codes(_before(_forenames(scope)), who.forename), Codes(_surnames(scope), who.surname))
    )


def _forenames(scope: Scope) -> tuple[str, ...]:
    """Only what can occur: short lists are faster."""
    return all_forenames() if _repeats(scope) else FORENAMES


def _surnames(scope: Scope) -> tuple[str, ...]:
    return all_surnames() if _repeats(scope) else SURNAMES


def _repeats(scope: Scope) -> bool:
    return bool(scope.content.edge_cases.get("near_duplicate"))


@lru_cache(maxsize=4)
def _before(forenames: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name and f"{name} " for name in forenames)


def _title(scope: Scope, name: str, column: Title) -> Cells:  # noqa: ARG001 - as all makers
    group = tables.title_groups()[cell(scope, column.person)]
    slot = (bits(scope, column.person) & _TITLE).view(np.int64)
    index = tables.titles()[(group << TITLE_BITS) + slot].astype(np.int64)
    gone = np.concatenate([case(scope, "no_title"), case(scope, "prefer_not_to_say")])
    return Cells(Codes(TITLES, index), _where(scope, gone))


def _sex(scope: Scope, name: str, column: Sex) -> Values:  # noqa: ARG001 - as all makers
    index = (cell(scope, column.person) & 1).astype(np.int64)
    index[case(scope, "prefer_not_to_say")] = _UNSAID
    return Codes(column.entries, index)


def _date_of_birth(scope: Scope, name: str, column: DateOfBirth) -> Values:  # noqa: ARG001 - as all makers
    return Days(born(scope, column.person))


def _age(scope: Scope, name: str, column: Age) -> Values:  # noqa: ARG001 - as all makers
    return Numbers(aged(scope, column.person, column.on))


def _email(scope: Scope, name: str, column: Email) -> Values:  # noqa: ARG001 - as all makers
    """``forename.surname.row@example.com``; the row makes it unique."""
    who = _third_party(scope, named(scope, column.person))
    domain = below(name_bits(scope, column.person) << np.uint64(32), len(EMAIL_DOMAINS))
    number = Numbers(scope.rows.view(np.int64) + 1)
    forename, surname = Codes(_slugs(FORENAMES), who.forename), Codes(_slugs(SURNAMES), who.surname)
    return Joined((forename, surname, number, Codes(_AT_DOMAINS, domain.view(np.int64))))


def _third_party(scope: Scope, made: Named) -> Named:
    rows = case(scope, "third_party_contact")
    if not len(rows):
        return made
    other = named(scope.dataset.scope(scope.table, scope.rows[rows]), CONTACT)
    forename, surname = made.forename.copy(), made.surname.copy()
    forename[rows], surname[rows] = other.forename, other.surname
    return Named(forename, surname)


_AT_DOMAINS = tuple(f"@{domain}" for domain in EMAIL_DOMAINS)


@lru_cache(maxsize=4)
def _slugs(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name and f"{slug(name)}." for name in names)


def _where(scope: Scope, rows: Index) -> Mask | None:
    """True at these positions; None if there are none."""
    if not len(rows):
        return None
    mask = np.zeros(scope.count, np.bool_)
    mask[rows] = True
    return mask


MAKERS: dict[type, Maker] = {
    Forename: _forename,
    Surname: _surname,
    FullName: _full_name,
    Title: _title,
    Sex: _sex,
    DateOfBirth: _date_of_birth,
    Age: _age,
    Email: _email,
}
