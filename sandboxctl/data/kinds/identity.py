"""Numbers that stand for a person, a home, a firm or a thing: from sets that nobody is in.

Formats, safe sets, levels and sources are in `identifiers`; a kind here only chooses one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Name
from sandboxctl.data.identifiers import IDENTIFIERS, SafeSet
from sandboxctl.data.identifiers.things import UPRN_START
from sandboxctl.data.kinds.contacts import ContactsColumn
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.reserved import Reserved
from sandboxctl.data.types import Type


class Nino(Reserved):
    """A National Insurance number that begins with Q, which no issued one does."""

    identifier = IDENTIFIERS["nino"]
    noun = identifier.plural
    kind: Literal["nino"]
    series: Literal["QQ", "Q"] = Field(
        default="QQ", description="`QQ`, HMRC's own example, or `Q` for QA to QZ: 26 times as many."
    )

    @property
    def safe(self) -> SafeSet:
        return self.identifier.safe_set(self.series)


class NhsNumber(Reserved):
    """An NHS number in the range 999 000 0000 to 999 999 9999, with a correct check digit."""

    identifier = IDENTIFIERS["nhs_number"]
    noun = identifier.plural
    kind: Literal["nhs_number"]


class ChiNumber(Reserved):
    """A Scottish CHI number with an impossible date of birth and a correct check digit."""

    identifier = IDENTIFIERS["chi_number"]
    noun = identifier.plural
    kind: Literal["chi_number"]


class Upn(Reserved):
    """A pupil's number of a local authority that does not exist, with a correct check letter."""

    identifier = IDENTIFIERS["upn"]
    noun = identifier.plural
    kind: Literal["upn"]


class DrivingLicence(Reserved):
    """A driving licence number of somebody born on 31 February; it does not agree with a name."""

    identifier = IDENTIFIERS["driving_licence"]
    noun = identifier.plural
    kind: Literal["driving_licence"]


class Passport(Reserved):
    """A passport number 000xxxxxx: nothing is reserved, so it is not known to be safe (level D)."""

    identifier = IDENTIFIERS["passport"]
    noun = identifier.plural
    where = "that begin with 000"
    kind: Literal["passport"]


class Utr(Reserved):
    """A taxpayer reference with a check digit that is wrong on purpose."""

    identifier = IDENTIFIERS["utr"]
    noun = identifier.plural
    where = "with a wrong check digit"
    kind: Literal["utr"]


class VatNumber(Reserved):
    """A VAT number with check digits that are wrong on purpose."""

    identifier = IDENTIFIERS["vat_number"]
    noun = identifier.plural
    where = "with wrong check digits"
    kind: Literal["vat_number"]


class CompanyNumber(Reserved):
    """A company number 99xxxxxx, which Companies House is decades away from."""

    identifier = IDENTIFIERS["company_number"]
    noun = identifier.plural
    kind: Literal["company_number"]


class Card(Reserved):
    """A published test number of GOV.UK Pay; there are few, so a card is hardly ever unique."""

    identifier = IDENTIFIERS["card"]
    noun = identifier.plural
    where = "among the published test numbers"
    kind: Literal["card"]
    payment: Literal["paid", "refused"] = Field(
        default="paid", description="What the sandbox of GOV.UK Pay does with it."
    )

    @property
    def safe(self) -> SafeSet:
        return self.identifier.safe_set(self.payment)


class SortCode(Reserved):
    """The sort code of a published test account."""

    identifier = IDENTIFIERS["sort_code"]
    noun = identifier.plural
    where = "among the published test accounts"
    kind: Literal["sort_code"]


class AccountNumber(Reserved):
    """The number of a published test account."""

    identifier = IDENTIFIERS["account_number"]
    noun = identifier.plural
    where = "among the published test accounts"
    kind: Literal["account_number"]
    of: Name | None = Field(
        default=None, description="The `sort_code` column of the table that it belongs to."
    )

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        if self.of:
            yield place.table, self.of

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.of is None:
            return
        other = place.neighbour(self.of)
        if other is None:
            yield (*place.path, "of"), f"there is no column {self.of} in this table"
        elif not isinstance(other.column, SortCode):
            yield (*place.path, "of"), f"{self.of} is not a sort_code column"
        elif self.unique and not other.column.unique:
            yield (*place.path, "unique"), f"goes with {self.of}, which is not unique"


class Uprn(Reserved):
    """A property reference in the block 999,900,000,000 to 999,999,999,999."""

    identifier = IDENTIFIERS["uprn"]
    noun = identifier.plural
    kind: Literal["uprn"]

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("whole", low=UPRN_START, high=UPRN_START + self.safe.size - 1)


class Usrn(Reserved):
    """A street reference in the block 99,900,000 to 99,999,999."""

    identifier = IDENTIFIERS["usrn"]
    noun = identifier.plural
    kind: Literal["usrn"]


class Vrn(Reserved):
    """A vehicle registration with the age identifier 01, which the scheme passed over."""

    identifier = IDENTIFIERS["vrn"]
    noun = identifier.plural
    kind: Literal["vrn"]


IdentityColumn = (
    Nino
    | NhsNumber
    | ChiNumber
    | Upn
    | DrivingLicence
    | Passport
    | Utr
    | VatNumber
    | CompanyNumber
    | Card
    | SortCode
    | AccountNumber
    | Uprn
    | Usrn
    | Vrn
    | ContactsColumn
)
