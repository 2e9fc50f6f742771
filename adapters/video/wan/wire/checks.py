"""What a model refuses that models.toml cannot say: told before anything is uploaded or paid."""

from collections.abc import Iterator

from adapters.video.wan.wire.create import sent_prompt, taken
from adapters.video.wan.wire.shapes import Shape, cast, shape_of
from bot.domain.errors import InvalidInput
from bot.domain.media import Role
from bot.ports.video import Order

MOST_NEGATIVE = 500
MOST_SEED = 2_147_483_647
MOST_OLD_FILMS = 3
MOST_TOGETHER = 30.0  # seconds that go into Wan 3.0 and come out of it
SLACK = 0.25  # by so much a film may measure longer than it is called


def check(order: Order) -> None:
    """Raises InvalidInput with every problem."""
    if problems := tuple(_problems(order)):
        raise InvalidInput(" ".join(problems), mend="Change it and ask again; nothing was charged.")


def _problems(order: Order) -> Iterator[str]:
    settings, shape = order.request.settings, shape_of(order.model)
    most, length = order.model.max_prompt, len(sent_prompt(order))
    if most is not None and length > most:
        yield f"The prompt has {length:,} characters with the names of its files written out, and at most {most:,} are taken."
    if settings.negative and len(settings.negative.value) > MOST_NEGATIVE:
        yield f"What to avoid has {len(settings.negative.value):,} characters, and at most {MOST_NEGATIVE} are taken."
    if settings.seed and not 0 <= settings.seed.value <= MOST_SEED:
        yield f"The seed is {settings.seed.value}, and it must be from 0 to {MOST_SEED}."
    match shape:
        case Shape.old_references:
            yield from _films(order)
        case Shape.picture:
            yield from _clip(order)
        case Shape.references:
            yield from _voices(order, shape)
        case Shape.all_in_one:
            yield from _together(order)
        case _:
            pass


def _films(order: Order) -> Iterator[str]:
    films = order.request.of_role(Role.reference_video)
    if len(films) > MOST_OLD_FILMS:
        over = ", ".join(one.token for one in films[MOST_OLD_FILMS:])
        yield f"At most {MOST_OLD_FILMS} references may be films, and there are {len(films)}. Leave out {over}."


def _clip(order: Order) -> Iterator[str]:
    """A clip that is carried on already is the beginning, and part of the film's length."""
    if not order.request.of_role(Role.reference_video):
        return
    clip, most = taken(order), order.model.seconds.maximum
    asked = order.request.settings.seconds.value if order.request.settings.seconds else 0.0
    if clip + asked > most + SLACK:
        yield (
            f"A clip of {round(clip, 1):g} s and {asked:g} s more are over the {most:g} s that a film may have. "
            f"Ask for {int(most - clip)} s, or shorten the clip."
        )
    others = [one for role in (Role.first_frame, Role.reference_audio) for one in order.request.of_role(role)]
    if others:
        tokens = ", ".join(one.token for one in others)
        yield f"A clip is carried on without a first frame or a sound. Leave out {tokens}."


def _voices(order: Order, shape: Shape) -> Iterator[str]:
    sounds, speakers = order.request.of_role(Role.reference_audio), cast(order.request, shape)
    if len(sounds) > len(speakers):
        over = ", ".join(one.token for one in sounds[len(speakers) :])
        yield f"Each sound is the voice of one reference, and there are {len(speakers)} for {len(sounds)}. Leave out {over}."


def _together(order: Order) -> Iterator[str]:
    given = taken(order)
    made = order.request.settings.seconds.value if order.request.settings.seconds else 0.0
    slack = SLACK * len(order.request.of_role(Role.reference_video))
    if given and made > 0 and given + made > MOST_TOGETHER + slack:
        yield (
            f"{round(given, 1):g} s of film go in and {made:g} s come out, and together they may be {MOST_TOGETHER:g} s. "
            f"Ask for {int(MOST_TOGETHER - given)} s, or shorten the films."
        )
