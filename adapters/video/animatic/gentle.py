"""A move for a shot for which nobody named one."""

from bot.domain.camera import Move, Movement


def default_move(prompt: str, seed: int) -> tuple[Move, ...]:
    """A gentle move where nobody named one, fitting the words where they say something."""
    words = prompt.casefold()
    for hints, move in _HINTS:
        if any(hint in words for hint in hints):
            return (move,)
    return (_GENTLE[seed % len(_GENTLE)],)


_HINTS: tuple[tuple[tuple[str, ...], Move], ...] = (
    (("run", "drive", "ride", "walk", "chase", "train"), (Movement.truck_right, Movement.push_in)),
    (("rise", "rises", "tower", "climb", "lift off", "launch"), (Movement.pedestal_up,)),
    (("fall", "falls", "sink", "descend"), (Movement.pedestal_down,)),
    (("reveal", "vast", "alone", "landscape", "horizon"), (Movement.pull_out,)),
)
_GENTLE: tuple[Move, ...] = (
    (Movement.push_in,),
    (Movement.push_in, Movement.truck_right),
    (Movement.pull_out,),
    (Movement.push_in, Movement.pedestal_up),
    (Movement.truck_left,),
    (Movement.pull_out, Movement.truck_right),
)
