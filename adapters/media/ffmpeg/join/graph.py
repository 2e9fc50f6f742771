"""The one filter graph in which films that differ become one: brought to one shape, one rate and one loudness, to the frame and the sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from adapters.media.ffmpeg.join.looking import Look
from adapters.media.ffmpeg.join.shape import Frame, Place, place
from adapters.media.ffmpeg.passes import SDR
from bot.domain.join import Join

RATE = 48_000
_STEREO = f"aformat=sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo"
_FADE_OUT = 2.0
_OWN_BENEATH = -9.0
"""How much softer films are under a soundtrack, in dB."""
_CEILING = 0.84  # what AAC adds to the highest peaks stays below full scale
_BT601, _BT2020 = {5, 6}, {9, 10}


@dataclass(frozen=True, slots=True)
class Piece:
    """One film in the whole. `gain` is in dB, None where it is silent; `fade` is how many frames it shares with the one behind it.

    `woven` says that its frames are made of two moments each, line by line.
    """

    look: Look
    frames: int
    matrix: int
    woven: bool
    gain: float | None = None
    fade: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """`music` is the soundtrack's gain in dB, None where there is no soundtrack; it is the last input.

    Where films pass into one another, each is opened once for its pictures and once more, behind all of these, for its sound: a cross-fade
    asks for the sound of the next film long before its end, and the pictures beside that sound would all be decoded and kept
    (1.7 GB for five films of 4 s in 1080p, seen with ffmpeg 9.0).
    """

    pieces: Sequence[Piece]
    frame: Frame
    how: Join
    music: float | None = None

    @property
    def sounding(self) -> bool:
        return self.music is not None or any(piece.look.sound for piece in self.pieces)

    @property
    def faded(self) -> bool:
        return any(piece.fade for piece in self.pieces)

    @property
    def inputs(self) -> tuple[Look, ...]:
        """Without the soundtrack."""
        films = tuple(piece.look for piece in self.pieces)
        return films + tuple(film for film in films if film.sound) if self.faded else films

    @property
    def frames(self) -> int:
        return sum(piece.frames - piece.fade for piece in self.pieces)

    @property
    def seconds(self) -> float:
        return float(self.frames / self.frame.rate)

    def text(self) -> str:
        return ";".join((*self._pictures(), *(self._sounds() if self.sounding else ())))

    def _pictures(self) -> Iterator[str]:
        rate = f"fps={self.frame.rate}"
        for number, piece in enumerate(self.pieces):
            length = f"tpad=stop=-1:stop_mode=clone,trim=end_frame={piece.frames}"
            shown = ",".join(_shown(piece, self.frame, place(piece.look, self.frame, self.how.fill)))
            whole = "bwdif=mode=send_frame:deint=interlaced," if piece.woven else ""
            yield f"[{number}:v:0]{whole}setpts=PTS-STARTPTS,{rate}:start_time=0,{length},{shown}[v{number}]"
        if not self.faded:
            yield f"{_all('v', len(self.pieces))}concat=n={len(self.pieces)}:v=1:a=0,{rate}[v]"
            return
        done, before = self.pieces[0].frames, "v0"
        for number, (left, right) in enumerate(pairwise(self.pieces), 1):
            into = "v" if number == len(self.pieces) - 1 else f"w{number}"
            done -= left.fade
            times = f"duration={float(left.fade / self.frame.rate):.6f}:offset={float(done / self.frame.rate):.6f}"
            passing = f"xfade=transition=fade:{times}" if left.fade else f"concat=n=2:v=1:a=0,{rate}"
            yield f"[{before}][v{number}]{passing}[{into}]"
            done, before = done + right.frames, into

    def _sounds(self) -> Iterator[str]:
        for number, piece in enumerate(self.pieces):
            yield f"{self._voice(number, piece)}[a{number}]"
        if self.faded:
            before = "a0"
            for number, (left, _) in enumerate(pairwise(self.pieces), 1):
                passing = (
                    f"acrossfade=ns={self._samples(left.fade)}:c1=qsin:c2=qsin" if left.fade else "concat=n=2:v=0:a=1"
                )
                yield f"[{before}][a{number}]{passing}[b{number}]"
                before = f"b{number}"
        else:
            before = "b"
            yield f"{_all('a', len(self.pieces))}concat=n={len(self.pieces)}:v=0:a=1[b]"
        yield from self._ending(before)

    def _voice(self, number: int, piece: Piece) -> str:
        before = sum(other.frames for other in self.pieces[:number])
        length = self._samples(before + piece.frames) - self._samples(before)
        look = piece.look
        if look.sound is None:
            return f"anullsrc=r={RATE}:cl=stereo,atrim=end_sample={length},{_STEREO}"
        # ffmpeg counts from the first moment of a file, which need not be that of its pictures.
        late = float(look.starts - look.pictures.first * look.pictures.tick)
        moved = f"asetpts=PTS+{late:.6f}/TB," if abs(late) > 1 / RATE else ""
        louder = f",volume={piece.gain:.2f}dB" if piece.gain else ""
        sounding = sum(1 for other in self.pieces[:number] if other.look.sound)
        heard = len(self.pieces) + sounding if self.faded else number
        return (
            f"[{heard}:a:0]{moved}aresample={RATE}:async=1:first_pts=0,{_STEREO}{louder},apad,atrim=end_sample={length}"
        )

    def _ending(self, own: str) -> Iterator[str]:
        length = self._samples(self.frames)
        exact = f"apad,atrim=end_sample={length}"
        limit = f"alimiter=level=0:limit={_CEILING}:latency=1,{exact},{_STEREO}[a]"
        if self.music is None:
            yield f"[{own}]{limit}"
            return
        out = min(_FADE_OUT, self.seconds / 4)
        fade = f"afade=t=out:st={self.seconds - out:.6f}:d={out:.6f}"
        louder = f"volume={self.music:.2f}dB"
        yield f"[{len(self.inputs)}:a:0]aresample={RATE}:async=1:first_pts=0,{_STEREO},{louder},{exact},{fade}[music]"
        yield f"[{own}]{exact},volume={_OWN_BENEATH}dB[own]"
        yield f"[music][own]amix=inputs=2:normalize=0:duration=first,{limit}"

    def _samples(self, frames: int) -> int:
        return round(frames / self.frame.rate * RATE)


def fades(lengths: Sequence[int], wanted: Fraction, rate: Fraction) -> tuple[int, ...]:
    """Frames that each film shares with the next, none for the last: never more than half of either."""
    most = int(wanted * rate)
    return (*(min(most, left // 2, right // 2) for left, right in pairwise(lengths)), 0)


def _all(name: str, count: int) -> str:
    return "".join(f"[{name}{number}]" for number in range(count))


def _shown(piece: Piece, frame: Frame, place: Place) -> Iterator[str]:
    if piece.look.source.hdr:
        # First smaller, then mapped down: that takes time for each pixel.
        yield f"zscale={place.width}:{place.height}"
        yield from SDR
    elif piece.matrix in _BT2020:
        yield f"zscale={place.width}:{place.height}:m=bt709:p=bt709:t=bt709:r=tv"
    else:
        matrix = "bt601" if piece.matrix in _BT601 else "bt709"
        yield f"scale={place.width}:{place.height}:flags=bicubic:in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"
    yield "setsar=1,format=yuv420p"
    if place.left > 0 or place.top > 0:
        yield f"pad={frame.width}:{frame.height}:{place.left}:{place.top}"
    elif (place.width, place.height) != (frame.width, frame.height):
        yield f"crop={frame.width}:{frame.height}:{-place.left}:{-place.top}"
