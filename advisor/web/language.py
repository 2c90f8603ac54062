"""Whether a question is in another language than English: scripts and the commonest small words, nothing more."""

import re
import unicodedata

_WORDS = {
    "de": "der die das und ist ich nicht mit wie viel was kann auf für ein eine wenn bei verdiene muss brauche welche wieviel als von",
    "es": "el la los las que es y con cuanto cuánto puedo como cómo para una gano en por qué necesito trabajar mi del se más",
    "fr": "le les des et est je que qui avec combien puis comment pour une dans quel quelle gagne mon sur pas avec faut du",
    "pt": "o os as que é e com quanto posso como para uma ganho em por preciso trabalhar meu não mais do da um",
    "it": "il lo gli che è e con quanto posso come per una guadagno in perché devo lavorare mio non più di sono",
    "nl": "de het een en is ik niet met hoe hoeveel wat kan op voor als bij verdien moet mijn welke van",
    "pl": "nie jest się ile mogę jak na że co czy zarobić w z i do pracować dla czym jaki moje",
}
_ENGLISH = frozenset(
    "the a an is are i do does can how what which much many of in on for to with my me you it and or if when should will be from".split()
)
_SETS = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_TOKEN = re.compile(r"[^\W\d_]+")


def other_than_english(text: str) -> str:
    """Return the code of the language a question seems to be in, `other` for another script, or an empty string.

    Args:
        text: The question; short or mixed ones count as English, since names of platforms say nothing.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if letters and sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters) > len(letters) / 3:
        return "other"
    words = [word.lower() for word in _TOKEN.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    counted = {name: sum(word in known for word in words) for name, known in _SETS.items()}
    best = max(counted, key=lambda name: counted[name])
    return best if counted[best] >= 2 and counted[best] > english + 1 else ""
