"""Just enough English grammar to find in an idea who does what: which word is its verb, and whether its subject is many."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re

from bot.flows.parse.vocabulary import ADJECTIVES, ENGLISH, FOREIGN
from bot.flows.parse.vocabulary import VERBS as KNOWN

DETERMINERS = frozenset(
    "a an the one two three four five six seven eight nine ten several many some these those this that all both my your his her its our their "
    "every each no another".split()
)
PREPOSITIONS = frozenset(
    "of in on at with into through over under from by for to onto across along inside beneath beside near above below behind between among "
    "within atop against outside around beyond toward towards past up down without amid during upon off like next".split()
)
MANY = frozenset("two three four five six seven eight nine ten several many some these those all both".split())
PEOPLE = frozenset("people children men women police cattle sheep geese mice feet teeth wolves".split())
LINKING = frozenset("that who which as while when until before after and then but".split())
WEATHER = frozenset(
    "fog rain snow wind storm mist smoke dust sun moon sky light lights lightning thunder waves wave sea tide night dawn dusk city crowd leaves "
    "clouds cloud stars sparks petals flames fire water steam music neon traffic darkness shadows ash sand street forest audience".split()
)
"""What is around somebody rather than somebody."""
PLACES = frozenset(
    "gym savanna windowsill staircase lighthouse lane highway runway street road city town village house home room kitchen forest jungle woods wood desert beach sea ocean lake river mountain "
    "mountains hill hills valley field fields meadow garden park sky space studio stage bar cafe café restaurant station train bridge "
    "tower castle temple church market alley rooftop roof roofs tunnel dawn dusk sunset sunrise night midnight morning noon evening "
    "winter summer autumn spring rain snow fog mist storm wind moonlight sunlight daylight darkness twilight shore coast harbour harbor "
    "pier dock island cave canyon cliff cliffs glacier volcano waterfall pond stream pool court arena stadium ring theatre theater hall "
    "ballroom corridor library museum gallery school classroom office lab laboratory workshop factory garage hospital airport platform "
    "subway metro bus plane ship boat cabin hut tent camp barn farm vineyard orchard greenhouse attic basement cellar bedroom bathroom "
    "shop store bakery square plaza courtyard balcony terrace ruins moon mars planet orbit marble ice grass sand snowfield dunes dune "
    "swamp marsh reef underwater background table counter shelf".split()
)
_NOUNS_IN_ING = frozenset(
    "building morning evening ceiling king ring wing spring string thing painting wedding clothing lightning nothing something anything everything "
    "during sibling duckling pudding sling sting swing viking crossing clearing".split()
)
_NOUNS_IN_ED = frozenset("bed seed weed reed hundred shed sled speed red need breed steed bleed feed".split())
_MORE = (
    "bake repair toss breach cheer grind polish carve hammer knead scoop whisk water row paddle pedal dial unwrap unbox fix build prepare "
    "assemble sketch strike duel spar skip prowl charge vanish sculpt mold shape forge weld hum hug trudge wade canter dribble score serve "
    "rush practice teach argue tug part board tell whistle chant stare cook crack photograph explore gallop nuzzle soak steep drizzle sprinkle glaze simmer land open step sneeze yawn"
).split()
VERBS = KNOWN | {form for stem in _MORE for form in (stem, f"{stem}es" if stem.endswith(("ch", "sh", "s")) else f"{stem}s", f"{stem.removesuffix('e')}ing")}  # fmt: skip
_GROUPS = frozenset("couple pair family band team crew group pack crowd army gang duo trio choir".split())
_MEN = frozenset(
    "man boy king father grandfather grandpa dad son brother uncle husband prince actor waiter gentleman guy samurai monk".split()
)
_WOMEN = frozenset(
    "woman girl queen mother grandmother grandma mum mom daughter sister aunt wife princess actress waitress lady ballerina nun bride".split()
)
_ANYBODY = frozenset(
    "child person keeper baker chef dancer singer detective astronaut knight soldier doctor nurse teacher farmer fisherman violinist barista".split()
)
_ADVERBS = frozenset("alone again away together back home there here hard fast".split())
_MEANWHILE = frozenset({"as", "while", "when", "until"})
_ONWARD = frozenset("into across through toward towards over".split())
_PRONOUNS = frozenset({"he", "she", "it", "they", "we"})
_RELATIVE = frozenset({"that", "who", "which"})
_CATENATIVE = frozenset(
    "starts start begins begin stops stop keeps keep goes go comes come started began stopped kept went came is are was were has".split()
)
_AUXILIARY = frozenset("is are was were has have had does do did can could will would may might must".split())
_WORD = re.compile(r"@?[^\W_]+(?:['’-][^\W_]+)*")
_MOST_READ = 2000


def words_of(text: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(text))


def is_english(text: str) -> bool:
    """Whether the idea is in English, as far as one can tell; a few bare nouns count as such."""
    letters = [sign for sign in text[:_MOST_READ] if sign.isalpha()]
    if not letters or sum(sign.isascii() for sign in letters) < 0.9 * len(letters):
        return False
    words = [found[0].lower() for found in words_of(text[:_MOST_READ])]
    english = sum(word in ENGLISH or word in VERBS or word in ADJECTIVES for word in words)
    foreign = sum(word in FOREIGN and word not in ENGLISH for word in words)
    return english > foreign or (not foreign and text.isascii() and len(words) <= 3)


def plural(subject: str) -> bool:
    """Whether the words name several: `two dancers`, `waves`, `a man and his dog`, but not `a bunch of flowers`."""
    words = [found[0].lower() for found in words_of(subject)]
    if not words:
        return False
    if words[0] in MANY or "and" in words:
        return True
    if words[0] in {"a", "an", "one", "every", "each", "another", "this", "that"}:
        return False
    until = next((at for at, word in enumerate(words) if at and word in PREPOSITIONS | LINKING), len(words))
    head = words[until - 1]
    if until > 1 and words_of(subject)[until - 1][0][0].isupper():
        return False  # a name: Sherlock Holmes
    return head in PEOPLE or (head.endswith("s") and not head.endswith(("ss", "us", "is", "'s", "’s")))


def common(word: str) -> bool:
    """Whether a word that begins a sentence is no name."""
    lower = word.lower()
    return (
        lower in ENGLISH | DETERMINERS | WEATHER | PLACES | ADJECTIVES | VERBS | _PRONOUNS
        or lower.endswith("body")
        or not word[0].isupper()
    )


def may_be(pronoun: str, subject: str, *, many: bool) -> bool:
    """Whether the pronoun can mean the subject, and hardly anybody else."""
    words = {found[0].lower() for found in words_of(subject)}
    if pronoun == "we" or (pronoun == "they") is not many or words & _GROUPS:
        return False
    other = {"he": _WOMEN, "she": _MEN, "it": _WOMEN | _MEN | _ANYBODY}.get(pronoun, frozenset())
    return not words & other


def verb_at(words: list[str], *, from_: int = 1) -> tuple[int, str] | None:
    """Where the verb of a clause is, and whether it is `finite` or a `participle` (dancing, covered) that needs a helping verb."""
    for at in range(from_, len(words)):
        if words[at] == "where":
            return None
        if words[at - 1] in {"of", "to"} and at - 1 >= from_:
            continue
        if finite(words, at):
            return at, "finite"
        if participle(words, at):
            if words[at] == "being":
                return at, "participle"
            later = next((n for n in range(at + 1, len(words)) if words[n] in LINKING or finite(words, n)), None)
            if later is not None and words[later] not in LINKING:
                return later, "finite"
            return at, "participle"
    return None


def finite(words: list[str], at: int) -> bool:  # noqa: PLR0911 - each is a rule of its own
    word, before, behind = words[at], words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if word in _AUXILIARY:
        return True
    if (before in _RELATIVE and at > 1) or before in _PRONOUNS:
        return word in VERBS or word.endswith("s")
    described = before in DETERMINERS | PREPOSITIONS | ADJECTIVES - {"light"}
    if described or word in ADJECTIVES or _compound(words, at):
        return False
    if word.endswith("s") and not word.endswith("ss"):
        acts_next = behind in VERBS and (not behind.endswith("ing") or word not in _CATENATIVE)
        return not acts_next and (word in VERBS or _like_a_verb(word, before, behind))
    if word not in VERBS or word.endswith("ing"):
        return _done_by_many(words, at)
    if word.endswith("ed"):
        return not behind or behind not in {"in", "by", "with"}
    return _several(words[:at]) or _past(word)


def _compound(words: list[str], at: int) -> bool:
    """`lights` in `city lights` and in `under neon lights`."""
    behind = words[at + 1] if at + 1 < len(words) else ""
    if words[at] not in WEATHER or behind in DETERMINERS | _ONWARD:
        return False
    bare = not DETERMINERS.intersection(words[:at]) and at <= 2
    return bare or (at > 1 and words[at - 2] in PREPOSITIONS and words[at - 1] not in DETERMINERS)


def _several(words: list[str]) -> bool:
    """Also `a group of penguins`, which may slide as well as slides."""
    return plural(" ".join(words)) or ("of" in words and words[-1].endswith("s"))


def _done_by_many(words: list[str], at: int) -> bool:
    """`thunder` in `horses thunder across the plain`: no word of it need be known."""
    behind = words[at + 1] if at + 1 < len(words) else ""
    plain = not words[at].endswith(("s", "ing", "ed", "ly")) and words[at] not in LINKING | {"and", "or"}
    return plain and behind in DETERMINERS | _ONWARD and words[at - 1].endswith("s") and _several(words[:at])


def _past(word: str) -> bool:
    return word in VERBS and word in _PAST


_PAST = frozenset(
    "ran flew fell rose sang spoke said ate drank rode swam drove threw caught fought slept woke sat stood lay held broke burnt grew froze shook "
    "bent began wrote drew hung found met took gave made got went came saw heard felt wore kept".split()
)


def _like_a_verb(word: str, before: str, behind: str) -> bool:
    """`burnishes` in `a smith burnishes the blade`."""
    open_ended = behind in DETERMINERS | PREPOSITIONS | _ADVERBS | _MEANWHILE or behind.endswith("ly")
    shaped = len(word) > 3 and not word.endswith(("us", "is", "'s", "’s"))
    plural_before = before.endswith("s") and behind not in DETERMINERS
    return open_ended and shaped and not plural_before and bool(before) and behind != "of"


def participle(words: list[str], at: int) -> bool:
    word, before = words[at], words[at - 1] if at else ""
    if before in DETERMINERS | PREPOSITIONS | ADJECTIVES or not before:
        return False
    if word.endswith("ing"):
        return len(word) > 4 and word not in _NOUNS_IN_ING
    behind = words[at + 1] if at + 1 < len(words) else ""
    return (
        len(word) > 4
        and word.endswith("ed")
        and word not in _NOUNS_IN_ED
        and behind in {"in", "by", "with", "on", "at"}
    )
