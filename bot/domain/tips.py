"""What the bot says about itself: how to ask for a film, and how to write a prompt that films well."""

from bot.domain.camera import MOST_TOGETHER, Movement
from bot.domain.verbs import VERBS

_HOW_TO = """\
Write what you want to see, and attach pictures, clips or sounds if you have them. I show what I understood and what it costs; \
nothing starts before you press Confirm or type yes.

For example:
A lighthouse keeper winds the great lamp as fog rolls in [Push in], 8 seconds, vertical, with audio
Animate @Image1: she turns and smiles, 5 seconds, 1080p
from @Image1 to @Image2, the flower opens --ar 16:9 --duration 6

Settings can be said in words between commas, or as flags: --model --duration --ar --resolution --audio --no-audio --seed --negative \
--count --out --last-frame --watermark --web-search --temporary --camera --voice --first --last --ref

Files are numbered as they come: @Image1, @Video1, @Audio1. One picture becomes the first frame, several are references; say \
"start on @Image1, end on @Image2" to have it otherwise.

Commands: """


def _how_to(*unlisted: str) -> str:
    return f"{_HOW_TO}{', '.join(verb.line for verb in VERBS if verb.name not in unlisted)}"


HOW_TO = _how_to("make", "help", "admin")
HOW_TO_ADMINS = _how_to("make", "help")
"""With what is theirs alone."""

TIPS = f"""\
A prompt that films well has three parts, in this order:
1. Subject + action: who or what, and what it does. "An old fisherman hauls in his net"
2. Scene + action: where, when, and what moves there. "on a grey pier at dawn, rain sweeping over the planks"
3. Camera + action: how we watch. "the camera pushes in slowly on his hands"

Write one strong adjective rather than three. One action a shot; a new sentence for a new shot. Say what you want to see; what you do \
not want goes after --negative.

Camera movements can be written in square brackets where they happen:
{", ".join(f"[{movement}]" for movement in Movement)}
Up to {MOST_TOGETHER} together: [Truck left, Pan right]. One after another in brackets of their own: [Push in] … [Tilt up].

Name your files in the sentence: "the woman in @Image1 walks through the street of @Image2"."""
