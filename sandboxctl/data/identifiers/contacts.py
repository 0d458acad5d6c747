"""Telephone numbers, e-mail addresses, and the addresses of computers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.pools import digits, number
from sandboxctl.data.identifiers.tidy import GAPS, grouped, telephone, trimmed

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Parts

LANDLINES = (
    "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
    "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "020 7946 0",
    "0191 498 0", "028 9649 6", "029 2018 0", "01632 960",
)  # fmt: skip
"""Ofcom's drama numbers without their last three digits."""

MOBILE_RANGE = "07700 900"
OTHERS = ("0808 157 0", "0909 879 0", "03069 990")
"""Free, premium rate, and the same price from everywhere."""

SIMULATED = tuple(f"{MOBILE_RANGE}{last}" for last in ("000", "111", "222"))
EMAIL_DOMAINS = ("example.com", "example.org", "example.net")
SUBNETS = ("192.0.2.", "198.51.100.", "203.0.113.")
PLACES = ("www", "apply", "account", "forms", "help", "map", "news", "pay", "search", "service")
PAGES = ("case", "claim", "document", "event", "home", "notice", "order", "page", "report", "visit")

_TRUNK = r"(?:(?:\+|00)44[ -]?(?:\(0\)[ -]?)?|\(?0)"
_OFCOM = "Ofcom, telephone numbers for drama use"
_RFC_2606 = "RFC 2606 and RFC 6761: reserved names"
_HOST = r"(?:[a-z0-9_-]+\.)*(?:example\.(?:com|net|org)|test|example|invalid|localhost)"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_RUN = "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})"
_V6 = rf"{_RUN}{{7}}|(?:{_RUN}{{0,6}})?::(?:{_RUN}{{0,6}})?"


@lru_cache
def _drama(*ranges: str) -> tuple[str, ...]:
    """A thousand numbers of each range, without those that Notify pretends to reach."""
    every = (start + last for start in ranges for last in digits(3))
    return tuple(one for one in every if one not in SIMULATED)


def _mobile(ranks: Index) -> Parts:
    return ((_drama(MOBILE_RANGE), ranks),)


def _landline(ranks: Index) -> Parts:
    return ((_drama(*LANDLINES), ranks),)


def _phone(ranks: Index) -> Parts:
    return ((_drama(*LANDLINES, *OTHERS, MOBILE_RANGE), ranks),)


def _email(ranks: Index) -> Parts:
    rest, domain = divmod(ranks, len(EMAIL_DOMAINS))
    return "person.", *number(rest, 4, 4), (tuple(f"@{one}" for one in EMAIL_DOMAINS), domain)


@lru_cache
def _pages() -> tuple[str, ...]:
    return tuple(f"{page}/{first}" for page in PAGES for first in digits(3))


def _url(ranks: Index) -> Parts:
    rest, last = divmod(ranks, 1_000)
    site, page = divmod(rest, len(_pages()))
    sites = tuple(f"https://{place}.{domain}/" for domain in EMAIL_DOMAINS for place in PLACES)
    return (sites, site), (_pages(), page), (digits(3), last)


def _ip_4(ranks: Index) -> Parts:
    return ((tuple(f"{subnet}{last}" for subnet in SUBNETS for last in range(256)), ranks),)


@lru_cache
def _groups() -> tuple[str, ...]:
    return tuple(f"{group:x}" for group in range(1, 4096))


def _ip_6(ranks: Index) -> Parts:
    rest, last = divmod(ranks, len(_groups()))
    third, fourth = divmod(rest, len(_groups()))
    return "2001:db8:", (_groups(), third), ":", (_groups(), fourth), "::", (_groups(), last)


def _mac(ranks: Index) -> Parts:
    return ((tuple(f"00-00-5E-00-53-{last:02X}" for last in range(256)), ranks),)


def _asn(ranks: Index) -> Parts:
    reserved = (*range(64_496, 64_512), *range(65_536, 65_552))
    return ((tuple(f"AS{one}" for one in reserved), ranks),)


_MOBILE_FORM = r"07[0-9]{3} [0-9]{6}"
_LANDLINE_FORM = r"01[0-9]{3} [0-9]{5,6}|01[0-9]{2} [0-9]{3} [0-9]{4}|02[0-9] [0-9]{4} [0-9]{4}"
_OTHER_FORM = r"0[389][0-9]{2} [0-9]{3} [0-9]{4}|03069 [0-9]{6}"
_SOME_REFUSE = "number of digits: yes; libraries that know the numbering plan refuse some"

MOBILE = Identifier(
    "mobile", "mobile number", "mobile numbers", _MOBILE_FORM,
    rf"{_TRUNK}7(?:[ -]?[0-9]){{9}}",
    (
        SafeSet(
            "drama", "07700 900001 to 900999, without 111 and 222, which GOV.UK Notify treats "
            "as delivered", 997, "A", _OFCOM, "yes", _mobile, f"{MOBILE_RANGE}[0-9]{{3}}",
            excluded=SIMULATED,
        ),
    ),
    ("mobile", "mobile_number", "cell", "phone", "telephone", "tel"), strong=True, tidy=telephone,
)  # fmt: skip
LANDLINE = Identifier(
    "landline", "landline number", "landline numbers", _LANDLINE_FORM,
    rf"{_TRUNK}[12](?:[ )-]{{0,2}}[0-9]){{8,9}}",
    (
        SafeSet(
            "drama", "the drama numbers of 15 areas (0113 496 0000 to 0999 …), and 01632 960000 "
            "to 960999", 1000 * len(LANDLINES), "A", _OFCOM, _SOME_REFUSE, _landline,
            f"(?:{'|'.join(LANDLINES)})[0-9]{{3}}",
        ),
    ),
    ("landline", "home_phone", "phone", "telephone", "tel"), strong=True, tidy=telephone,
)  # fmt: skip
PHONE = Identifier(
    "phone", "telephone number", "telephone numbers",
    f"{_MOBILE_FORM}|{_LANDLINE_FORM}|{_OTHER_FORM}",
    rf"{_TRUNK}[1-389](?:[ )-]{{0,2}}[0-9]){{8,9}}|{_TRUNK}7(?:[ -]?[0-9]){{9}}",
    (
        SafeSet(
            "drama", "all 20 ranges of drama numbers, without the three that GOV.UK Notify treats "
            "as delivered", 19_997, "A", _OFCOM, _SOME_REFUSE, _phone,
            f"(?:{'|'.join((*LANDLINES, *OTHERS, MOBILE_RANGE))})[0-9]{{3}}", excluded=SIMULATED,
        ),
    ),
    ("phone", "telephone", "tel", "fax", "contact_number"), strong=True, tidy=telephone,
)  # fmt: skip
EMAIL = Identifier(
    "email", "e-mail address", "e-mail addresses",
    r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+",
    r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+",
    (
        SafeSet(
            "reserved", "anything at example.com, example.org, example.net, or at a name that "
            "ends in .test, .example, .invalid or .localhost", 300_000_000, "A", _RFC_2606,
            "form: yes; whether the address exists: no", _email,
            rf"[^\s@]+@(?:{_HOST})|simulate-delivered(?:-[23])?@notifications\.service\.gov\.uk",
        ),
    ),
    ("email", "e_mail", "mail"), strong=True, tidy=trimmed,
)  # fmt: skip
URL = Identifier(
    "url", "web address", "web addresses", r"https?://[^\s/?#]+(?:[/?#]\S*)?",
    r"[Hh][Tt][Tt][Pp][Ss]?://\S+",
    (
        SafeSet(
            "reserved", "pages of example.com, example.org, example.net, or of a name that ends "
            "in .test, .example, .invalid or .localhost", 300_000_000, "A", _RFC_2606,
            "form: yes; whether the page exists: no", _url,
            rf"https?://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]\S*)?",
        ),
    ),
    ("url", "website", "web", "link"), strong=True, tidy=trimmed,
)  # fmt: skip
IP = Identifier(
    "ip", "IP address", "IP addresses", rf"{_V4}|{_V6}",
    rf"{_V4}|{_V6.replace('a-f', 'a-fA-F')}",
    (
        SafeSet(
            "4", "192.0.2.0 to .255, 198.51.100.0 to .255, 203.0.113.0 to .255", 768, "A",
            "RFC 5737: for documentation", "yes", _ip_4,
            rf"(?:192\.0\.2|198\.51\.100|203\.0\.113)\.{_OCTET}",
        ),
        SafeSet(
            "6", "2001:db8::/32: two groups, nothing, and a last one", 4095**3, "A",
            "RFC 3849: for documentation", "yes", _ip_6, r"2001:0?db8:[0-9a-f:]{1,30}",
        ),
    ),
    ("ip", "ip_address"), strong=True, tidy=trimmed,
)  # fmt: skip
MAC = Identifier(
    "mac", "MAC address", "MAC addresses", r"[0-9A-F]{2}(?:-[0-9A-F]{2}){5}",
    r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}",
    (
        SafeSet(
            "documentation", "00-00-5E-00-53-00 to -FF", 256, "A", "RFC 7042: for documentation",
            "yes", _mac, "00-00-5E-00-53-[0-9A-F]{2}",
        ),
    ),
    ("mac", "mac_address"), strong=True, tidy=grouped("-", 2, 4, 6, 8, 10, drop=f"{GAPS}:"),
)  # fmt: skip
ASN = Identifier(
    "asn", "AS number", "AS numbers", r"AS[0-9]{1,10}", r"[Aa][Ss][Nn]? ?[0-9]{1,10}",
    (
        SafeSet(
            "documentation", "AS64496 to AS64511, AS65536 to AS65551", 32, "A",
            "RFC 5398: for documentation", "yes", _asn,
            "AS(?:6449[6-9]|6450[0-9]|6451[01]|6553[6-9]|6554[0-9]|6555[01])",
        ),
    ),
    ("asn", "as_number", "autonomous_system"),
)  # fmt: skip
