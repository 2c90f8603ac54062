"""What a text says of name, age, gender and origin is blanked before skills are looked for, so that it cannot matter.

The neutral text has the same clauses; `original` offsets lead back to the words that the person wrote.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_PEOPLE = {
    "he": "they", "she": "they", "him": "them", "her": "their", "his": "their", "hers": "theirs", "himself": "themself",
    "herself": "themself", "he's": "they are", "she's": "they are", "man": "person", "woman": "person", "men": "people",
    "women": "people", "male": "person", "female": "person", "boy": "child", "girl": "child", "boys": "children", "girls": "children",
    "gentleman": "person", "lady": "person", "ladies": "people", "guy": "person", "mother": "parent", "father": "parent", "mum": "parent",
    "mom": "parent", "dad": "parent", "mothers": "parents", "fathers": "parents", "grandmother": "grandparent",
    "grandfather": "grandparent", "grandma": "grandparent", "grandpa": "grandparent", "granny": "grandparent", "wife": "partner",
    "husband": "partner", "housewife": "homemaker", "househusband": "homemaker", "son": "child", "daughter": "child", "sons": "children",
    "daughters": "children", "brother": "sibling", "sister": "sibling", "brothers": "siblings", "sisters": "siblings", "uncle": "relative",
    "aunt": "relative", "auntie": "relative", "nephew": "relative", "niece": "relative", "grandson": "grandchild",
    "granddaughter": "grandchild", "widow": "widowed person", "widower": "widowed person", "waitress": "waiter", "actress": "actor",
    "seamstress": "tailor", "salesman": "salesperson", "saleswoman": "salesperson", "businessman": "businessperson",
    "businesswoman": "businessperson", "chairman": "chair", "chairwoman": "chair", "handyman": "handyperson", "handywoman": "handyperson",
    "cleaning lady": "cleaner", "stay-at-home mum": "stay-at-home parent", "stay-at-home dad": "stay-at-home parent",
    "non-binary": "person", "nonbinary": "person", "transgender": "", "trans": "", "policeman": "police officer", "policewoman": "police officer",
}  # fmt: skip
_PRONOUNS = frozenset({"he", "she", "they", "his", "her", "their"})
_PRONOUNS_IN_BRACKETS = re.compile(
    r"\(?\b(?:he/him|she/her|they/them)(?:/\w+)?\b\)?|\b(?:mr|mrs|ms|miss|mx|sir|madam)\b\.?", re.I
)
_LINE = re.compile(
    r"^[ \t]*(?:(?:full |first |last |family |given )?name|age|gender|sex|nationality|citizenship|place of birth|birthplace|date of birth|dob|born|"
    r"marital status|religion|ethnicity|pronouns|photo|e-?mail|phone|tel(?:ephone)?|mobile|address)\s*[:\-–][^\n]*$",
    re.I | re.M,
)
_AGE = re.compile(
    r"\b(?:(?:i am|i'm|im|he is|she is|they are|he's|she's|aged?|at the age of|turning|turned|now)\s+)?\d{1,2}[- ]?(?:years?|yrs?)[- ](?:old|of age)\b"
    r"|\b(?:aged?|at the age of)\s+\d{1,2}\b|\b(?:i am|i'm|im)\s+\d{1,2}\b(?=\s*(?:[,.;!?]|and\b|$))|\bborn (?:in|on)\s+[^,.;\n]{0,20}\d{4}\b"
    r"|\bin (?:my|his|her|their) (?:early |mid |late |mid-)?(?:twenties|thirties|forties|fifties|sixties|seventies)\b|\b\d{1,2}\s*(?:y/o|yo)\b",
    re.I,
)
_MAIL = re.compile(r"[^\s@]{1,64}@\S{1,255}|\+?\d[\d ()/-]{7,22}\d")
_NAME = r"[A-ZÀ-Þ][\w'’-]+"
_PARTICLE = r"(?:al|bin|de|da|del|dos|van|von|der|la)"
_NAMED = re.compile(rf"\b(?:[Mm]y name is|[Nn]amed|[Cc]alled|I am|I'm|[Tt]his is|[Mm]e llamo|Dear)\s+((?:{_NAME}|{_PARTICLE})(?:\s+(?:{_NAME}|{_PARTICLE}))*)")  # fmt: skip
_FIRST_LINE = re.compile(rf"\A[\s:–-]{{0,20}}(?:CV|Curriculum Vitae|Résumé|Resume)?[\s:–-]{{0,20}}({_NAME}(?:[ \t]+(?:{_NAME}|[A-Z]\.|{_PARTICLE})){{1,4}})[ \t]*(?=\n|$|,|\s[-–|])")  # fmt: skip
_STARTS = re.compile(rf"(?:(?<=[.!?]\s)|(?<=\n)|\A)[ \t]{{0,8}}({_NAME}(?:[ \t]+{_NAME}){{0,3}})(?=\s+(?:is|was|has|had|who|can|could|will|lives|works?|worked|looks?|looked|runs?|ran|speaks?|helps?|helped|cares?|cared|did|does|cooks?|cooked|drives?|drove|teaches|taught|organi[sz]e[sd]?|manage[sd]?)\b)")  # fmt: skip
_LANGUAGE_BEFORE = re.compile(
    r"(?:speak\w*|spoken|fluent(?:ly)?(?: in)?|native|bilingual(?: in)?|languages?\s*:?|translat\w+|interpret\w+|written|writ(?:e|ing)(?: in)?|read(?:ing)?|"
    r"teach(?:ing)?|taught|tutor\w*|learn\w*|basic|good|in|from|to|between|into|and|or|,|/)\s*(?:\w+ing\s)?$",
    re.I,
)
_LANGUAGE_AFTER = re.compile(r"^\s*(?:\(?(?:[abc][12]\b|native|fluent|basic|intermediate|mother tongue)|lessons?|language|speaker|teacher|classes|text|translations?|to\b)", re.I)  # fmt: skip
_ORIGIN_BEFORE = re.compile(r"(?:\b(?:i am|i'm|he is|she is|they are|being|an?|of|born)\s+(?:an?\s+)?)$", re.I)
_DEMONYMS = (
    "American British English Scottish Welsh Irish French German Spanish Portuguese Italian Dutch Belgian Swiss Austrian Danish Swedish "
    "Norwegian Finnish Icelandic Polish Czech Slovak Hungarian Romanian Bulgarian Greek Turkish Russian Ukrainian Belarusian Lithuanian Latvian "
    "Estonian Croatian Serbian Bosnian Slovenian Albanian Macedonian Moldovan Georgian Armenian Azerbaijani Kazakh Uzbek Indian Pakistani "
    "Bangladeshi Nepali Nepalese Afghan Iranian Persian Iraqi Syrian Lebanese Jordanian Palestinian Israeli Saudi Yemeni Egyptian Libyan Tunisian "
    "Algerian Moroccan Sudanese Ethiopian Eritrean Somali Kenyan Ugandan Tanzanian Rwandan Congolese Nigerian Ghanaian Senegalese Ivorian "
    "Malian Cameroonian Angolan Mozambican Zambian Zimbabwean Malawian Botswanan Namibian Chinese Japanese Korean Taiwanese Vietnamese Thai "
    "Cambodian Laotian Burmese Malaysian Singaporean Indonesian Filipino Filipina Australian Canadian Mexican Guatemalan Honduran Salvadoran "
    "Nicaraguan Panamanian Cuban Jamaican Haitian Dominican Colombian Venezuelan Ecuadorian Peruvian Bolivian Chilean Argentinian Argentine "
    "Uruguayan Paraguayan Brazilian European African Asian Arab Latino Latina Hispanic"
).split()


@dataclass(frozen=True)
class Neutral:
    """A text without what must not matter, and for each character the place in the original that it came from."""

    text: str
    original: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the neutral text is in the original."""
        if start >= end:
            return self.original[start], self.original[start]
        return self.original[start], self.original[end - 1] + 1


@lru_cache(maxsize=1)
def _origins() -> re.Pattern[str]:
    """Return the pattern of countries and of words for those who come from them."""
    from babel import Locale

    places = {
        name for code, name in Locale("en").territories.items() if len(code) == 2 and len(name) > 3 and name != "World"
    }
    places |= {"UK", "USA", "England", "Scotland", "Wales", "Ivory Coast", "Burma", "Czech Republic", "the Netherlands"}
    # A country is also a word of other things only rarely; these are.
    names = sorted(places - {"Jersey", "Chad", "Guernsey"}, key=len, reverse=True)
    demonyms = sorted({word + end for word in _DEMONYMS for end in ("", "s")}, key=len, reverse=True)
    return re.compile(
        rf"\b(?:(?P<place>(?:the )?(?:{'|'.join(map(re.escape, names))}))|(?P<people>{'|'.join(demonyms)}))\b"
    )


@lru_cache(maxsize=1)
def _people() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(re.escape(word) for word in sorted(_PEOPLE, key=len, reverse=True))})(?![\w-])", re.I
    )


def neutral(text: str) -> Neutral:
    """Return a text with name, age, gender, nationality, contact details blanked or put in neutral words."""
    cuts: list[tuple[int, int, str]] = []

    def cut(start: int, end: int, instead: str = "") -> None:
        cuts.append((start, end, instead))

    for pattern in (_LINE, _PRONOUNS_IN_BRACKETS, _AGE, _MAIL):
        for match in pattern.finditer(text):
            cut(*match.span())
    for match in _origins().finditer(text):
        if match["place"] or not _is_language(text, match):
            cut(*match.span())
    for start, end in _named(text):
        cut(start, end)
    for match in _people().finditer(text):
        instead = _PEOPLE[match[0].lower()]
        cut(*match.span(), instead.capitalize() if match[0][0].isupper() else instead)
    return _applied(text, cuts)


def _named(text: str) -> list[tuple[int, int]]:
    """Return where the names of people stand; who was named once is nobody the next time as well."""
    spans = []
    names = set()
    for pattern in (_FIRST_LINE, _NAMED, _STARTS):
        for match in pattern.finditer(text):
            if match[1].lower() not in _PRONOUNS and not _is_plain(match[1]):
                spans.append(match.span(1))
                names |= {word for word in match[1].split() if word[0].isupper()}
    if names:
        either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        whole = rf"\b(?:{either})(?:\s+(?:{_PARTICLE}\s+){{0,3}}(?:{either}))*(?:'s)?\b"
        spans += [match.span() for match in re.finditer(whole, text)]
    return spans


def _is_language(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 30]
    if _LANGUAGE_AFTER.search(after):
        return True
    return not _ORIGIN_BEFORE.search(before) and bool(_LANGUAGE_BEFORE.search(before))


def _is_plain(words: str) -> bool:
    """Return whether capitalised words at the start of a clause are ordinary words and not a name."""
    from advisor.skill_words import ordinary_words

    return any(word.lower() in ordinary_words() for word in words.split())


def _applied(text: str, cuts: list[tuple[int, int, str]]) -> Neutral:
    out: list[str] = []
    places: list[int] = []
    position = 0
    for start, end, instead in sorted(cuts, key=lambda item: (item[0], -item[1])):
        if start < position:
            continue
        out.append(text[position:start])
        places += range(position, start)
        out.append(instead)
        places += [start] * max(0, len(instead) - 1) + ([end - 1] if instead else [])
        position = end
    out.append(text[position:])
    places += range(position, len(text))
    return Neutral("".join(out), tuple(places))
