"""Every identifier, by kind; a kind that says more comes before one that says less."""

from __future__ import annotations

from sandboxctl.data.identifiers import contacts, firms, persons, things
from sandboxctl.data.identifiers.postcodes import POSTCODE

IDENTIFIERS = {
    one.kind: one
    for one in (
        persons.NINO,
        persons.NHS_NUMBER,
        persons.CHI_NUMBER,
        persons.UPN,
        persons.DRIVING_LICENCE,
        persons.PASSPORT,
        firms.UTR,
        firms.VAT_NUMBER,
        firms.COMPANY_NUMBER,
        firms.CARD,
        firms.SORT_CODE,
        firms.ACCOUNT_NUMBER,
        POSTCODE,
        things.UPRN,
        things.USRN,
        things.VRN,
        contacts.MOBILE,
        contacts.LANDLINE,
        contacts.PHONE,
        contacts.EMAIL,
        contacts.URL,
        contacts.IP,
        contacts.MAC,
        contacts.ASN,
    )
}
