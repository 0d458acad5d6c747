"""The same name, written a bit differently: what near-duplicates are found by."""

from __future__ import annotations

from sandboxctl.data.people.names import plain

_SHORT = (
    "Margaret:Maggie Dorothy:Dot Kathleen:Kath Patricia:Pat Barbara:Babs Winifred:Win "
    "Florence:Flo Susan:Sue Christine:Chris Janet:Jan Maureen:Mo Sandra:Sandy "
    "Jennifer:Jenny Judith:Judy Valerie:Val Gillian:Gill Jacqueline:Jackie Elizabeth:Liz "
    "Deborah:Debbie Angela:Angie Amanda:Mandy Catherine:Cathy Joanne:Jo Nicola:Nicky "
    "Beverley:Bev Michelle:Shell Samantha:Sam Rebecca:Becky Victoria:Vicky Katherine:Kate "
    "Jessica:Jess Charlotte:Lottie Sophie:Soph Bethany:Beth Megan:Meg Eleanor:Ellie "
    "Danielle:Dani Abigail:Abi Francesca:Fran Isabella:Bella Penelope:Penny Matilda:Tilly "
    "John:Jack William:Bill Ronald:Ron George:Georgie Kenneth:Ken James:Jim Robert:Bob "
    "Dennis:Den Arthur:Art Thomas:Tom Peter:Pete Leslie:Les Harold:Harry Frederick:Fred "
    "Albert:Bert Raymond:Ray Stanley:Stan Ernest:Ernie Reginald:Reg Norman:Norm Walter:Wally "
    "Charles:Charlie Gordon:Gord Bernard:Bernie Sidney:Sid Herbert:Bert Alfred:Alf "
    "Donald:Don Leonard:Len David:Dave Michael:Mick Alan:Al Anthony:Tony Stephen:Steve "
    "Richard:Dick Christopher:Chris Terence:Terry Geoffrey:Geoff Trevor:Trev Philip:Phil "
    "Patrick:Paddy Andrew:Andy Steven:Steve Timothy:Tim Jonathan:Jon Nicholas:Nick "
    "Daniel:Dan Matthew:Matt Benjamin:Ben Joseph:Joe Alexander:Alex Joshua:Josh Samuel:Sam "
    "Nathan:Nat Edward:Ted Zachary:Zac Theodore:Theo Lucas:Luke Harrison:Harry "
    "Mohammed:Mo Muhammad:Mohd Abdul:Abdi Emmanuel:Manny Oluwaseun:Seun Katarzyna:Kasia "
    "Agnieszka:Aga Magdalena:Magda Małgorzata:Gosia Aleksandra:Ola Giuseppe:Beppe"
)
SHORT = {long: short for long, _, short in (pair.partition(":") for pair in _SHORT.split())}


def short(name: str) -> str:
    """What friends call them, or else the initial."""
    return SHORT.get(name) or initial(name)


def initial(name: str) -> str:
    return name[:1] if len(name) > 1 else typo(name)


def simple(name: str) -> str:
    """As somebody writes it who has no accents, hyphens or apostrophes; or else a typing error."""
    bare = plain(name).replace("-", " ").replace("'", "")
    return bare if bare != name else typo(name)


def typo(name: str) -> str:
    """Two letters the wrong way round, near the middle; or else one of them twice."""
    for at in sorted(range(1, len(name) - 1), key=lambda at: abs(2 * at + 1 - len(name))):
        left, right = name[at], name[at + 1]
        if left != right and left.islower() and right.islower():
            return name[:at] + right + left + name[at + 2 :]
    return name + name[-1:].lower()
