"""Given names and surnames in use in the UK, by community; compiled for this package.

A made-up pair may be somebody's name. That does no harm, because nothing that stands beside it
(address, telephone, numbers) can belong to anybody. The shares are rough, from the ethnic groups
of the 2021 census; apostrophes, hyphens, accents and a surname of one letter are there on purpose.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Community:
    """Names that go together, and their share of the people."""

    share: float
    given: tuple[str, ...]
    surnames: tuple[str, ...]


def _community(share: float, given: str, surnames: str) -> Community:
    return Community(share, tuple(given.split()), tuple(surnames.split()))


COMMUNITIES = (
    _community(
        0.60,
        "Oliver George Harry Jack Thomas James William Alfie Daniel Samuel Joseph Edward Henry "
        "Peter Michael David Paul Andrew Mark Stephen Robert Alan Brian Keith Roy Derek Kevin "
        "Olivia Amelia Emily Grace Ella Lily Sophie Jessica Charlotte Lucy Hannah Zoë Chloë "
        "Margaret Susan Patricia Christine Linda Karen Julie Deborah Janet Jean Dorothy Joan "
        "Mary-Jane Anne-Marie Renée Rebecca Rachel Laura Gemma Kelly Stacey Ruth Esther Naomi",
        "Smith Jones Taylor Brown Wilson Johnson Walker White Green Hall Wood Harris Clarke "
        "Jackson Turner Hill Cooper Ward Moore Clark Baker Harrison Morris Allen King Wright "
        "Parker Cook Bennett Shaw Marshall Webb Mills Dixon Palmer Hunt Holmes Barker Stone "
        "Fletcher Pearson Chapman Ellis Gibson Booth Lowe Saunders Pickles Ramsbottom "
        "Featherstonehaugh Shufflebottom Entwistle Micklethwaite Hardcastle Ashworth Barraclough",
    ),
    _community(
        0.14,
        "Callum Ewan Hamish Fraser Lachlan Rory Angus Calum Niall Ciarán Seán Pádraig Eoin Conor "
        "Aled Rhys Dylan Gareth Huw Iwan Gethin Siân Angharad Bethan Carys Ffion Lowri Nerys "
        "Catrin Aoife Siobhán Niamh Róisín Orla Sinéad Gráinne Eilidh Mhairi Isla Kirsty Morag "
        "Fiona Catriona Shona Bronagh Gwenllian Eleri",
        "O'Neill O'Brien O'Connor O'Sullivan O'Donnell O'Reilly Murphy Kelly Ryan Byrne Doyle "
        "Gallagher Doherty McCarthy McLaughlin McGuinness MacDonald McKenzie MacLeod Campbell "
        "Stewart Robertson Fraser Murray Sinclair Buchanan Davies Evans Thomas Roberts Lewis "
        "Hughes Edwards Griffiths Owen Price Llewellyn Prosser Bevan Pugh Gwynne ap-Dafydd",
    ),
    _community(
        0.10,
        "Mohammed Muhammad Ahmed Ali Imran Tariq Bilal Yusuf Omar Hassan Arjun Rohan Sanjay Rajesh "
        "Harpreet Gurpreet Manjit Kiran Aisha Fatima Zainab Maryam Khadija Nadia Saira Shabana "
        "Priya Anjali Meera Sunita Deepa Kavita Simran Jasmine Ayesha Rukhsana Nasreen Iqra",
        "Patel Singh Kaur Khan Ahmed Hussain Begum Ali Shah Malik Mahmood Akhtar Chaudhry Iqbal "
        "Rahman Uddin Islam Miah Sharma Gupta Mehta Desai Chowdhury Mistry Gill Sandhu Dhillon "
        "Bhatt D'Souza D'Cruz Fernandes Perera Rajapakse Subramaniam O",
    ),
    _community(
        0.06,
        "Kwame Kofi Kwesi Chidi Emeka Tunde Olu Ade Femi Segun Ibrahim Abdul Tendai Jermaine "
        "Winston Delroy Marcus Leroy Ngozi Chioma Adaeze Funmi Yetunde Folake Abena Akosua Ama "
        "Efua Precious Blessing Comfort Mercy Shanice Tamika Beverley Marcia Hodan Amina",
        "Okafor Okonkwo Adeyemi Adebayo Okoro Eze Nwosu Balogun Mensah Owusu Boateng Asante "
        "Osei Agyeman Appiah Kamara Sesay Moyo Ncube Banda Phiri Abdi Warsame Hassan Campbell "
        "Grant Francis Bailey Morrison Henry N'Diaye N'Dour St-Hilaire Toussaint",
    ),
    _community(
        0.06,
        "Jakub Piotr Łukasz Paweł Tomasz Krzysztof Michał Andrei Ionuț Mihai Vasile Jonas Tomas "
        "Katarzyna Agnieszka Małgorzata Zofia Elżbieta Ewa Ioana Mihaela Andreea Elena Rasa "
        "Jurgita Svetlana Oksana Tetiana Zsófia Ágnes István Jiří Žofie",
        "Kowalski Nowak Wiśniewski Wójcik Kamiński Lewandowska Zieliński Szymańska Dąbrowska "
        "Popescu Ionescu Popa Dumitru Stan Kazlauskas Petrauskas Ozols Horváth Nagy Kovács "
        "Novák Dvořák Shevchenko Kovalenko Bondar Müller Jørgensen Grönlund",
    ),
    _community(
        0.04,
        "Wei Jing Ming Xin Hui Kai Linh Thi Hiroshi Yuki José María João Inês Giulia Matteo "
        "Nikos Eleni Ayşe Emre Zeynep Darius Leila Farhad Noor Yasmin Rami Layla",
        "Chen Wong Chan Li Zhang Wang Cheung Ng Lam Nguyen Tran Pham Tanaka Silva Santos Gonçalves "
        "Rodríguez Muñoz Rossi D'Angelo Papadopoulos Georgiou Yılmaz Demir Hosseini Tehrani "
        "El-Sayed Haddad",
    ),
)

GIVEN = tuple(name for community in COMMUNITIES for name in community.given)
SURNAMES = tuple(name for community in COMMUNITIES for name in community.surnames)

_WITHOUT_MARK = str.maketrans({"ł": "l", "ø": "o", "ı": "i"})


def slug(name: str) -> str:
    """The name as it stands in an e-mail address: a to z and hyphen."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_WITHOUT_MARK))
    return "".join(letter for letter in plain if letter.isascii() and letter != "'")
