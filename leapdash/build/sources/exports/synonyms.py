"""What values are called elsewhere that the contract has a code for: names with one reading only.

What is read in more than one way (`E`, excused or early; a number for a race) isn't here: a mapping
says it.
"""

from collections.abc import Mapping

from leapdash.build.sources.exports.cells import key_of
from leapdash.build.sources.typed import NO, YES
from leapdash.contract import CONTACTS, GENDERS, GRADES, MEALS, PLACES, RACES, VISITORS

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _grades() -> dict[str, str]:
    found = dict.fromkeys(
        ("k", "kg", "kf", "kh", "kdg", "kindergarten", "0", "00", "0k", "kn"), "K"
    )
    found |= dict.fromkeys(
        (
            "pk",
            "prek",
            "pre-k",
            "pre k",
            "pre-kindergarten",
            "prekindergarten",
            "pre kindergarten",
            "p3",
            "p4",
            "pk3",
            "pk4",
            "preschool",
        ),
        "PK",
    )
    for number, ordinal in enumerate(_ORDINALS, start=1):
        words = (str(number), f"{number:02d}", f"{number}{_ENDINGS.get(number, 'th')}", ordinal)
        found |= dict.fromkeys(words, str(number))
    more: dict[str, str] = {}
    for word, grade in found.items():
        more |= {
            f"grade {word}": grade,
            f"gr {word}": grade,
            f"gr. {word}": grade,
            f"{word} grade": grade,
        }
    return found | more


_RACES = {
    "asian": "a|asian american|asian, not hispanic|asian - not hispanic|asian (not hispanic)",
    "black": "b|black or african american|black/african american|african american|black, not "
    "hispanic|black (not hispanic)|black - not hispanic|black or african-american",
    "hispanic": "h|hispanic/latino|hispanic or latino|hispanic/latino of any race|latino|latina|"
    "latinx|hispanic/latinx|hispanic or latino of any race|hispanic, any race|hispanic/latino, any "
    "race|latino/a",
    "native": "i|american indian or alaska native|american indian/alaska native|native american|"
    "american indian|american indian or alaskan native|alaska native|"
    "american indian/alaskan native",
    "pacific": "p|native hawaiian or other pacific islander|native hawaiian/pacific islander|"
    "pacific islander|native hawaiian or pacific islander|native hawaiian/other pacific islander|"
    "hawaiian or pacific islander|native hawaiian",
    "two_or_more": "m|two or more races|two or more|multiracial|multi-racial|multi racial|multiple "
    "races|2 or more races|two or more races, not hispanic|multiple|2+ races",
    "white": "w|white, not hispanic|caucasian|white (not hispanic)|white - not hispanic|white/"
    "caucasian",
}
_GENDERS = {
    "F": "female|girl|woman",
    "M": "male|boy|man",
    "X": "non-binary|nonbinary|non binary|not stated|gender non-binary|neither|unspecified",
}
_MEALS = {
    "free": "f|free lunch|free meals|free meal|eligible for free meals|free meal eligible",
    "reduced": "r|reduced lunch|reduced meals|reduced price|reduced-price|reduced price meals|"
    "reduced price lunch|eligible for reduced price meals|reduced-price meals|reduced meal",
    "none": "p|paid|full pay|full price|not eligible|full|full-price|ineligible|paid lunch|n|no",
}
_PLACES = {
    "home": "home visit|at home|family home|family's home|student home|in home|in-home|residence|"
    "house",
    "other": "school|at school|community|library|other location|elsewhere|other place|in school|"
    "community location|park|cafe|coffee shop",
    "virtual": "phone|telephone|video|zoom|phone call|video call|online|teams|google meet|by phone|"
    "remote|virtual visit|call",
}
_CONTACTS = {
    "met": "met family|met the family|met with family|family met|successful|contact made|contacted|"
    "successful contact|visit made|met with parent|met parent|made contact",
    "no contact": "not met|no answer|not home|nobody home|no one home|unsuccessful|no show|"
    "unable to contact|unable to reach|attempted|attempt|left note|no response|contact not made|"
    "attempted - no contact|attempted, no contact|no-contact|no-show|left door hanger|nobody met|"
    "attempt only|not at home|attempted visit|unsuccessful contact",
}
_VISITORS = {
    "school staff": "staff|school|district staff|teacher|school employee|counselor|social worker|"
    "school social worker|school counselor|paraprofessional|family liaison|teachers|staff member",
    "community partner": "partner|community|community organization|community organisation|"
    "community agency|partner organization|community-based organization|cbo|agency|partner agency",
}
_BOOLEANS = {
    "true": "|".join((*YES, "yes - active", "x")),
    "false": "|".join((*NO, "no - inactive", "none")),
}
_OF_COLUMN = {
    "english_learner": {
        "true": "el|ell|lep|english learner|english language learner|limited english proficient|"
        "active el|current el|current",
        "false": "not el|non-el|not ell|non-ell|native english|english only|eo|never el|exited|"
        "former el|former|rfep|ifep|not lep|non el|native",
    },
    "disability": {
        "true": "iep|sped|special education|swd|has iep|special ed|student with disability|active "
        "iep|sped - iep|special education student",
        "false": "not sped|no iep|general education|gen ed|regular education|regular ed|non-sped|"
        "not special education|non sped|exited|not eligible",
    },
    "homeless": {
        "true": "homeless|doubled up|doubled-up|shelter|sheltered|hotel/motel|hotel or motel|"
        "unsheltered|motel|shelters|hotels/motels|mckinney-vento",
        "false": "not homeless|housed|permanent|not applicable|permanent housing|non-homeless",
    },
}
_ATTENDED = {"1": "present|attended|in attendance", "0": "absent|not present"}


def _by_name(lists: Mapping[str, str]) -> dict[str, str]:
    return {key_of(name): code for code, names in lists.items() for name in names.split("|")}


def _with_codes(lists: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, str]:
    return (
        {key_of(code): code for code in codes}
        | {key_of(code.replace("_", " ")): code for code in codes}
        | _by_name(lists)
    )


SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "grade": {key_of(grade): grade for grade in GRADES} | _grades(),
    "gender": _with_codes(_GENDERS, GENDERS),
    "race_ethnicity": _with_codes(_RACES, RACES),
    "meal_eligibility": _with_codes(_MEALS, MEALS),
    "place": _with_codes(_PLACES, PLACES),
    "contact": _with_codes(_CONTACTS, CONTACTS),
    "visitor": _with_codes(_VISITORS, VISITORS),
    "attended": _by_name(_ATTENDED),
    **{name: _by_name(_BOOLEANS) | _by_name(more) for name, more in _OF_COLUMN.items()},
}
"""By column of the contract: what a value is called elsewhere, in lower case, and its code."""


LANGUAGES_BY_NAME: Mapping[str, str] = {
    name: code
    for code, names in {
        "en": "english|eng",
        "es": "spanish|spa|español|espanol|castilian",
        "pt": "portuguese|por|brazilian portuguese|portuguese (brazil)",
        "fr": "french|fra|fre",
        "ht": "haitian|hat|haitian creole|creole-haitian|haitian-creole|creole (haitian)",
        "pl": "polish|pol",
        "zh": "chinese|zho|chi|mandarin|cantonese|chinese, mandarin|chinese, "
        "cantonese|mandarin chinese|chinese (mandarin)|chinese (cantonese)",
        "ar": "arabic|ara",
        "ru": "russian|rus",
        "sq": "albanian|sqi|alb",
        "vi": "vietnamese|vie",
        "ur": "urdu|urd",
        "hi": "hindi|hin",
        "bn": "bengali|ben|bangla",
        "uk": "ukrainian|ukr",
        "it": "italian|ita",
        "de": "german|deu|ger",
        "ko": "korean|kor",
        "ja": "japanese|jpn",
        "ps": "pashto|pus|pushto",
        "fa": "persian|fas|per|farsi|dari",
        "so": "somali|som",
        "sw": "swahili|swa|kiswahili",
        "tl": "tagalog|tgl",
        "fil": "filipino|pilipino",
        "ta": "tamil|tam",
        "te": "telugu|tel",
        "gu": "gujarati|guj",
        "pa": "punjabi|pan|panjabi",
        "ml": "malayalam|mal",
        "ne": "nepali|nep",
        "my": "burmese|mya|bur",
        "kar": "karen|kar",
        "lo": "lao|laotian",
        "km": "khmer|khm|cambodian",
        "th": "thai|tha",
        "tr": "turkish|tur",
        "el": "greek|ell|gre",
        "he": "hebrew|heb",
        "am": "amharic|amh",
        "ti": "tigrinya|tir",
        "yo": "yoruba|yor",
        "ig": "igbo|ibo",
        "ak": "akan|aka",
        "tw": "twi",
        "ro": "romanian|ron|rum",
        "hu": "hungarian|hun",
        "sr": "serbian|srp",
        "bs": "bosnian|bos",
        "hr": "croatian|hrv",
        "bg": "bulgarian|bul",
        "cs": "czech|ces|cze",
        "nl": "dutch|nld|dut",
        "rw": "kinyarwanda",
        "ku": "kurdish|kur",
        "mn": "mongolian|mon",
        "bo": "tibetan",
        "jam": "jamaican creole|patois",
        "kea": "cape verdean|cape verdean creole|crioulo",
        "hmn": "hmong|hmn",
        "ase": "american sign language|asl|sign language",
    }.items()
    for name in names.split("|")
}
"""Languages by their names and three-letter codes, and the code the contract's tables use."""
