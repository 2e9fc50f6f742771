"""Greetings, questions about the bot, and thanks: messages that wish for nothing."""

import re

from bot.flows.parse.text import fold

_LONGEST = 80
_CUT = re.compile(r"[,.!?;:…~()\n]+|\s-+\s")
_SIGN = re.compile(r"[^\w\s,.!?;:…~()'-]+")
_YOU = r"(?: (?:there|all|everyone|team|bot|clapper|again))?"
_GREETING = re.compile(
    rf"(?:hi|hello|hey|hiya|howdy|yo|hallo|hola|bonjour|salut|ciao|olá|namaste|good (?:morning|afternoon|evening|day)){_YOU}"
)
_QUESTION = re.compile(
    r"(?:(?:so|and|but) )?(?:who|what) are you|what(?: else)? (?:can|do) you do(?: for me)?|what(?:'s| is) (?:this|clapper)"
    r"|how (?:does|do) (?:this|it|that|you|clapper) work|how (?:do|can|should) i (?:use (?:this|it|you|clapper)|start|begin)"
    r"|how(?:'s it going| are you(?: doing)?)|what(?:'s| is) up|are you (?:there|a bot|human|real|alive)"
    r"|(?:can|could) you help(?: me)?|i need (?:some )?help"
)
_FOR = r"(?: for (?:that|this|it|the (?:video|clip|film|movie|help)|your help))?"
_THANKS = re.compile(
    rf"(?:(?:ok|okay|great|cool|nice|wow|perfect|oh|and|many) )?(?:thanks|thank you|thx|ty|cheers|merci|danke|gracias|grazie|obrigad[oa])"
    rf"(?: (?:so much|very much|a lot|a bunch|a million|again|everyone|all|clapper|beaucoup))*{_FOR}"
)
_GREAT = r"(?:great|good|nice|amazing|awesome|perfect|beautiful|wonderful|fantastic|brilliant|cool|lovely|gorgeous|excellent)"
_PRAISE = re.compile(
    rf"(?:(?:that|this|it)(?:'s| is| was| looks?| came out| turned out) )?(?:(?:so|really|very|just|absolutely) )*{_GREAT}"
    rf"|looks? (?:so |really |very )*{_GREAT}|{_GREAT} (?:job|work|one)|well done|(?:i )?(?:really )?love (?:it|this|that)|wow"
)


def small_talk(text: str) -> str | None:
    """`thanks` for thanks or praise, `help` for a greeting or a question about the bot, None where anything else is said."""
    if len(text) > _LONGEST:
        return None
    plain = _SIGN.sub(" ", fold(text).replace("’", "'")).lower()
    pieces = [" ".join(piece.split()) for piece in _CUT.split(plain)]
    pieces = [piece for piece in pieces if piece]
    kind = None
    for piece in pieces:
        if _THANKS.fullmatch(piece) or _PRAISE.fullmatch(piece):
            kind = "thanks"
        elif _GREETING.fullmatch(piece) or _QUESTION.fullmatch(piece):
            kind = kind or "help"
        else:
            return None
    return kind
