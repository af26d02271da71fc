"""In which language a text is, by its script and its commonest words. Pure."""

import re
import unicodedata
from collections import Counter
from itertools import islice

_LOOKED_AT = 2_000
"""Words, and letters, that are looked at, from the beginning."""
_LEAST = 2
"""Common words that a text needs, and more than of any other language."""

_OF_SCRIPT = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
}
_COMMON = {
    "en": (
        "the of and to is in that it for you are with this be not have from can will your "
        "which a i my do on me was how what why when if or as an at by we they has had did "
        "does been but so there no any about would could should get need use am up out its "
        "their our than then also he she his her all more some one where who"
    ),
    "de": (
        "der die das und ist nicht ein eine zu mit sie den im von für auf wird sind werden "
        "ihre ich es wie wir mein meine kann was warum wenn oder auch bei nach aus an um dem "
        "des einen einer am als man hat haben ihr ihnen nur noch über bis dass so wo wer uns "
        "mich mir sich zum zur kein keine in war durch"
    ),
    "fr": (
        "le les des est une dans pour que qui pas vous sur avec sont ne ce au du votre être "
        "et je la de un à il elle nous mon ma mes comment pourquoi quand si ou mais par plus "
        "en se sa son leur cette ces aux été avoir fait tout y on d l c qu n j vos peut où"
    ),
    "es": (
        "el los las es una en para que por con no se su del al como más pero son este y yo mi "
        "me la de un lo le cuando cómo qué si o porque está esta hay fue ser tiene sus ya muy "
        "sin sobre también puede mis tu nos desde todo a"
    ),
    "it": (
        "il che di è un una per non con sono del della si nel le gli alla come più questo e "
        "io mi la i lo mio mia cosa quando se o perché ma da in al dei delle dal ha ho anche "
        "questa sua suo essere può ci dove chi tutto ne a"
    ),
    "pt": (
        "o os as um uma em para que não com do da no na se por mais é são seu e eu meu minha "
        "como quando ou porque mas dos das ao à foi ser tem está sua isso este esta já também "
        "pode onde quem sem até de a"
    ),
    "nl": (
        "de het een en van is niet dat op te met voor zijn deze wordt u uw naar ook kunt ik "
        "mijn hoe wat waarom wanneer als of maar aan in bij om er ze we je hij dit die kan "
        "heb heeft worden nog geen door over uit tot waar wie mij"
    ),
    "pl": (
        "i w na nie się jest z do to że jak są od przez dla ale lub może oraz być co mi mój "
        "moja czy kiedy dlaczego a o za po jego tego ten tym już tylko ma mam które który "
        "która tak u je jestem gdzie"
    ),
    "sv": (
        "och att det är en som på för med av inte den till ett har kan om vi från eller jag "
        "min mitt hur vad varför när men i de du sig så var han hon ska vill mig nu också vid "
        "ut över efter utan finns blir"
    ),
    "da": (
        "og at det er en som på for med af ikke den til et har kan om vi fra eller jeg min "
        "mit hvordan hvad hvorfor når men i de du sig så var han hun skal vil mig nu også ved "
        "ud over efter uden bliver"
    ),
    "cs": (
        "a se je v na že to s z do ve jsou pro nebo jako by ale když jeho tento jak co proč "
        "můj moje i o za po si už jen má mám která který které tak u k ze při být jsem kde "
        "není mi"
    ),
    "tr": (
        "ve bir bu da de için ile olarak çok daha ne gibi olan var en değil kadar sonra mi "
        "ben benim nasıl neden zaman ama veya mı mu o şu her hem ise bana sana onun yok ki "
        "oldu olur"
    ),
}
LANGUAGES = (*_COMMON, *dict.fromkeys(_OF_SCRIPT.values()))
"""The languages that are known, by their two letters of ISO 639-1."""

_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """The language of a text; None where nothing tells, as for a number, a name or one word."""
    script = _script(text)
    if script != "LATIN":
        return _OF_SCRIPT.get(script)
    words = [match[0].casefold() for match in islice(_WORD.finditer(text), _LOOKED_AT)]
    counts = {name: sum(word in known for word in words) for name, known in _WORDS.items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _LEAST or best == second:
        return None
    return max(counts, key=counts.__getitem__)


def _script(text: str) -> str:
    """The script of most letters; Japanese also where only some are kana."""
    letters = islice((letter for letter in text if letter.isalpha()), _LOOKED_AT)
    counts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    if counts["HIRAGANA"] + counts["KATAKANA"] > 0.1 * counts["CJK"] > 0:
        return "HIRAGANA"
    return max(counts, key=counts.__getitem__, default="")
