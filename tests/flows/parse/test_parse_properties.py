"""What holds for any message: parsing never raises, loses no word, and reads its own output back."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
import time
from collections import Counter

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.domain.chat import Attachment
from bot.domain.request import Origin
from bot.flows.parse import hints, parse, unparse, uploads, verdict
from bot.flows.parse.parse import read

NAMES = {"kling": "kling-3.0", "seedance 2.0 fast": "seedance-2-fast", "seedance-2": "seedance-2", "wan": "wan-3.0"}
STORY = "a the fox king leaps runs sleeps in on of 2 3 16 nine seconds later no silent portrait video clip 猫 跳舞 قطة 🦊 e\u0301 then".split()
SAID = (
    "8 seconds|8s|vertical|make it square|1080p|4k|with audio|no audio|silent|use kling|kling|3 variations|seed 42|portrait|8秒|please|"
    "save as promo/intro|return the last frame|no watermark|16:9|3:4|temporary|same ratio as the image|duration: 5s|1000 variations|for 8 seconds|half a minute|1 minute 30 seconds|0 seconds|"
    "seed -5|last frame|watermark|hd|muted|8 Sekunden|hochkant|negative: rain, fog|with seed 9|in 1080p|save to /space/x:|each 5s"
).split("|")
FLAGS = (
    '--ar 9:16|--ar banana|--ar=16x9|--duration 8|-d 5|--model kling|--model none|--no-audio|--audio|--negative "blur, text"|--no blur|'
    '--seed 7|--seed x|--count 3|--out /space/a.mp4|--camera Pan left|--camera "push in; tilt up"|--voice “Hello”|--first @Image1|'
    "--last @Image2|--ref @Video1 @image 2|--ref https://x.example/a.png|--attach drive:b.mov|--foo|--foo=1|—ar 1:1|—no|--prompt x|"
    '--attachments [{"path": "c.png", "role": "last_frame"}]|--attachments [|--prompt "say \\"hi\\" --ar 1:1"|--first https://x.example/q|--'
).split("|")
MARKS = [
    *", |. |; |: |! |\n| - | — | | and |(|)|[|]|\"|'|“|”|`|```|、|，|。|@|/|\\|  |\u200b|\u200f|\x00|\t|？".split("|"),
    *"@Image1|@img 2|[Image 1]|[video1]|from @Image1 to @Image2|start on @Image1|use @Image2 as the last frame|@Audio9".split(
        "|"
    ),
    *"[truk left]|[Pan left, zoom in]|[Push in]|[door creaks]|[0-3s]|[Pan]|last clip|continue the last clip|status|help|cancel J-ABCD".split(
        "|"
    ),
    *"https://x.example/a.png|https://x.example/b.mp4,|<https://x.example/c.wav|c>|asset:A-ABCDEFGHIJ|drive:d.png|/space/e.mp4|@clapper".split(
        "|"
    ),
    *'make a 8 second vertical video of |create a cinematic 8s clip: |Negative prompt: blur|，8秒，|"8 seconds, vertical"|`--ar 1:1`|an 8-second shot of |[zoom, explode]|[Orbit left]|, negative: a, b|hello|thanks'.split(
        "|"
    ),
]
PIECES = st.sampled_from([*STORY, *SAID, *FLAGS, *MARKS])
MESSAGES = st.one_of(
    st.text(max_size=60),
    st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", ", ", ". ", "", "\n"])), max_size=14).map(
        lambda pairs: "".join(piece + glue for piece, glue in pairs)
    ),
)
FILES = st.lists(
    st.sampled_from(
        [
            Attachment("1", "a.png"),
            Attachment("2", "b.mp4"),
            Attachment("3", "", "audio/wav"),
            Attachment("4", "c.pdf"),
            Attachment("a.png"),
        ]
    ),
    max_size=4,
)
WORD = re.compile(r"\w+")
MODEST = settings(max_examples=50, deadline=None)


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


@MODEST
@given(MESSAGES, FILES)
@example("@" * 3, [])
@example("--attachments " + "[" * 5000, [])
@example("--seed " + "9" * 6000 + " --duration " + "9" * 6000, [])
@example('--attachments ["\\ud800"]', [])
@example("\ud800 [\udfff] --ar \ud800", [])
def test_parsing_never_raises(text, files):
    parsed = parse(text, attachments=files, names=NAMES, me="@clapper")
    hints(parsed.prompt)
    verdict(text)
    "".join((parsed.prompt, *parsed.problems)).encode("utf-8", "surrogatepass")


@MODEST
@given(MESSAGES, FILES)
@example("000 variation make 8second vertical video of a", [])
def test_every_word_is_in_the_prompt_or_accounted_for(text, files):
    """A word that is not in the prompt was taken for a setting that is set, a reference that is there, or a problem that is told."""
    reading = read(text, attachments=files, names=NAMES)
    parsed = reading.parsed
    assume(parsed.verb is None)  # what a verb takes is in the table of commands
    accounted = sum((words(taken.text) for taken in reading.taken), words(parsed.prompt))
    assert not words(text) - accounted
    said = {name for name, _ in parsed.settings.items()}
    tokens = {reference.token for reference in parsed.references}
    for taken in reading.taken:
        why = set(taken.why.split(", "))
        told = bool(parsed.problems)
        assert (
            why & {"joint", "courtesy"}
            or why <= said | tokens | ({"problem"} if told else set())
            or (why == {"reference"} and (tokens or told))
            or (why == {"prompt"} and parsed.prompt)
            or taken.why in parsed.prompt
        ), (taken, parsed)


@MODEST
@given(st.lists(st.sampled_from([*STORY, *SAID, ", ", ". ", "\n"]), max_size=16).map(" ".join))
def test_the_words_that_stay_keep_their_order(text):
    rest = iter(WORD.findall(text))
    assert all(word in rest for word in WORD.findall(parse(text, names=NAMES).prompt))


@settings(max_examples=60, deadline=None)
@given(MESSAGES, FILES)
@example("--first https://x.example/q --first @Image1 from @Image1 to @Image2", [Attachment("1", "a.png")])
@example("start on @Image1. a fox, start on @Image2 as it wakes", [Attachment("1", "a.png"), Attachment("2", "b.png")])
def test_its_own_output_is_read_back_the_same(text, files):
    request = parse(text, attachments=files, names=NAMES, me="@clapper").request
    written = unparse(request, names=NAMES, me="@clapper")
    again = parse(written, attachments=uploads(request), names=NAMES, me="@clapper")
    assert (again.verb, again.request) == (None, request), written


@MODEST
@given(MESSAGES)
def test_writing_out_is_a_fixed_point(text):
    once = unparse(parse(text, names=NAMES).request, names=NAMES)
    assert unparse(parse(once, names=NAMES).request, names=NAMES) == once


@MODEST
@given(st.text(alphabet=st.characters(categories=["Lo", "Mn", "So", "Cf"]), max_size=40))
def test_other_scripts_emoji_and_marks_survive_untouched(text):
    assert parse(f"a fox {text} leaps, 8 seconds").prompt == f"a fox {text} leaps"


@MODEST
@given(MESSAGES)
def test_what_is_quoted_is_never_read(text):
    quoted = "“" + re.sub("[“”@\\[\\]`]|https?", "", text) + "”"
    parsed = parse(f"She paints {quoted} on the wall", names=NAMES)
    assert (parsed.prompt, dict(parsed.settings.items())) == (f"She paints {quoted} on the wall", {})


HOSTILE = {
    "quotes": '"a ' * 3400,
    "open quotes": "“" * 10_000,
    "fences": "```" * 3_333,
    "backticks": "`a " * 3_400,
    "brackets": "[" * 10_000,
    "moves": "[pam lift] " * 900,
    "commas": "," * 10_000,
    "spaces": " " * 9_998 + "x",
    "spaced": "a" + " " * 9_998 + "x",
    "flags": "--no a " * 1_450,
    "open flags": '--no "a ' * 1_250,
    "unknown flags": "--q1 " * 2_000,
    "models": "--model x" * 1_000,
    "media": "--ref @Image1 " * 700,
    "urls": "https://x.example/a.png " * 400,
    "one url": "https://x.example/" + "a.," * 3_300,
    "numbers": "1" * 10_000,
    "seconds": "8 seconds, " * 900,
    "tokens": "@image" * 1_600,
    "role words": "start on " * 1_100 + "@",
    "json": "--attachments [" * 650,
    "merge": "merge " + "@a@a" * 2_500 + "!",
    "ands": "make it and use and " * 500,
    "dashes": "-" * 10_000,
    "dots": "." * 10_000,
    "new lines": "\n" * 10_000,
    "letters": "a" * 10_000,
    "saving": "save it to " * 900 + "/space/a.mp4",
    "runs": "8s 9:16 " * 1_250,
    "figures": "fox 8 with 9 in " * 620,
    "negatives": "a, negative: b, " * 620,
    "openings": "a 8 second shot " * 620,
    "mended moves": "[zoom, x] " * 1_000,
    "orbits": "[camera slowly orbits to the left " * 300,
    "ideographs": "猫" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_ten_thousand_hostile_characters_are_read_at_once(text):
    began = time.thread_time()
    parsed = parse(text, names=NAMES)
    hints(parsed.prompt)
    assert time.thread_time() - began < 2, "what grows with the square of the length takes minutes"


def test_a_typical_message_takes_under_a_millisecond():
    text = "A lighthouse keeper winds the great lamp as fog rolls in [Push in], 8 seconds, vertical, use kling --seed 7"
    names = {f"model {n}": f"model-{n}" for n in range(80)} | NAMES
    parse(text, names=names)
    times = []
    for _ in range(50):
        began = time.thread_time()
        parse(text, names=names)
        times.append(time.thread_time() - began)
    assert min(times) < 0.001


def test_only_what_was_said_is_written_out():
    request = parse("a fox, 8 seconds, start on @Image1", attachments=[Attachment("1", "a.png")]).request
    assert unparse(request) == "a fox --duration 8 --first @Image1"
    assert all(setting.origin is Origin.said for _, setting in request.settings.items())


def test_a_prompt_that_looks_like_settings_is_written_word_for_word():
    request = parse('--prompt "8 seconds, vertical"').request
    assert (request.prompt, dict(request.settings.items())) == ("8 seconds, vertical", {})
    assert unparse(request) == '--prompt "8 seconds, vertical"'
