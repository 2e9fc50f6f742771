"""Films that agree, one after the other: their packets as they are, at new times.

Pictures follow each other to the tick. AAC comes in packets of 1024 samples, so the sound of each film is laid on the raster of packets
that the first one began, as near to its pictures as that has it: at most half a packet off (11 ms at 48 kHz), and never more, however many
films there are. Where a film's sound is shorter than its pictures, packets of silence follow it; what is longer is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from adapters.kit.confine import LARGEST_FILE
from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.join.looking import SAMPLES, Look, Sound, called
from bot.domain.errors import Unreadable
from bot.domain.units import size_text

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream


@dataclass(frozen=True, slots=True)
class Part:
    """One film in the whole: `shift` is added to the times of its pictures. Of its sound, the packets from `skip` to `upto` stand from `at` on.

    `silent` packets of silence stand in front of these. Times of sound are places in the raster of packets.
    """

    look: Look
    shift: int
    skip: int = 0
    upto: int = 0
    at: int = 0
    silent: int = 0

    @property
    def ends(self) -> int:
        return self.at + self.upto - self.skip


def copy_joined(looks: Sequence[Look], into: Path) -> None:
    size = sum(look.path.stat().st_size for look in looks)
    if size > LARGEST_FILE:
        raise Unreadable(f"Together they are {size_text(size)}, and a film may be at most {size_text(LARGEST_FILE)}.")
    placed = parts(looks)
    with av.open(f"file:{into}", "w", format="mp4", options={"movflags": "+faststart"}) as whole:
        track = _track(whole, looks[0])
        for number, part in enumerate(placed, 1):
            for packet in track.moved(part, number):
                whole.mux_one(packet)


def parts(looks: Sequence[Look]) -> list[Part]:
    placed: list[Part] = []
    begins = 0
    for look in looks:
        pictures = look.pictures
        part = Part(look, begins - pictures.first)
        if look.sound:
            heard = _laid(look, looks[0], begins * pictures.tick)
            before = placed[-1] if placed else None
            if before:
                cut = max(before.skip, min(before.upto, before.skip + heard.at - before.at))
                placed[-1] = before = replace(before, upto=cut)
            free = before.ends if before else min(0, heard.at)
            part = replace(heard, shift=part.shift, silent=max(0, heard.at - free))
        placed.append(part)
        begins += pictures.end - pictures.first
    return [*placed[:-1], _ended(placed[-1], begins * looks[0].pictures.tick)]


def _laid(look: Look, first: Look, begins: Fraction) -> Part:
    """The packet before a film's first moment comes along: decoding what follows begins with it."""
    sound = look.sound
    assert sound
    late = _late(look, sound)
    skip = max(0, floor(-late / sound.step) - 1)
    at = round((begins / sound.tick + late + skip * sound.step - _phase(first)) / sound.step)
    return Part(look, 0, skip, sound.packets, at)


def _ended(part: Part, ends: Fraction) -> Part:
    """The last film's sound does not outlast its pictures by more than a part of a packet."""
    if part.look.sound is None:
        return part
    most = ceil(ends / part.look.sound.tick / part.look.sound.step)
    return replace(part, upto=max(part.skip, min(part.upto, part.skip + most - part.at)))


def _late(look: Look, sound: Sound) -> Fraction:
    """How many ticks after the first picture the first packet of sound begins; less than 0 where it begins before."""
    return sound.first - look.pictures.first * look.pictures.tick / sound.tick


def _phase(first: Look) -> int:
    assert first.sound
    return round(_late(first, first.sound)) % first.sound.step


@dataclass(frozen=True, slots=True)
class _Track:
    """Where packets go; `still` is one of silence."""

    film: "VideoStream"
    voice: "AudioStream | None"
    still: bytes
    phase: int

    def moved(self, part: Part, number: int) -> "Iterator[Packet]":
        for place in range(part.at - part.silent, part.at):
            yield self._heard(av.Packet(self.still), place)
        heard = -1
        for packet, shown in _stored(part.look, number):
            if shown:
                packet.pts = cast("int", packet.pts) + part.shift
                packet.dts = cast("int", packet.dts) + part.shift
                packet.stream = self.film
                yield packet
                continue
            heard += 1
            if part.skip <= heard < part.upto:
                yield self._heard(packet, part.at + heard - part.skip)

    def _heard(self, packet: "Packet", place: int) -> "Packet":
        assert self.voice
        packet.pts = packet.dts = self.phase + place * SAMPLES
        packet.duration = SAMPLES
        packet.time_base = Fraction(1, self.voice.sample_rate)
        packet.stream = self.voice
        return packet


def _stored(look: Look, number: int) -> "Iterator[tuple[Packet, bool]]":
    """The packets of a film's pictures and sound as they are stored, and whether each is a picture."""
    with called(f"Clip {number}"), films.opened(look.path, look.source.reader) as container:
        stream = films.picture_stream(container)
        assert stream
        streams = [stream, container.streams.audio[0]] if look.sound else [stream]
        for packet in container.demux(streams):
            if packet.pts is not None and packet.dts is not None:
                yield packet, packet.stream_index == stream.index


def _track(whole: "OutputContainer", first: Look) -> _Track:
    with films.opened(first.path, first.source.reader) as container:
        stream = films.picture_stream(container)
        assert stream
        film = whole.add_stream_from_template(stream)
        if first.pictures.codec == "hevc":
            film.codec_context.codec_tag = (
                "hvc1"  # what Apple's players ask for; `hev1` plays nowhere that this does not
            )
        if first.sound is None:
            return _Track(film, None, b"", 0)
        voice = cast("AudioStream", whole.add_stream_from_template(container.streams.audio[0]))
        return _Track(film, voice, _silence(first.sound), _phase(first))


def _silence(sound: Sound) -> bytes:
    """A packet of AAC-LC in which nothing is heard; it is the same whatever stands before and behind."""
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = (
        sound.rate,
        "mono" if sound.channels == 1 else "stereo",
        "fltp",
    )  # type: ignore[attr-defined]
    quiet = av.AudioFrame.from_ndarray(np.zeros((sound.channels, SAMPLES * 4), np.float32), "fltp", "mono" if sound.channels == 1 else "stereo")  # fmt: skip
    quiet.sample_rate, quiet.pts = sound.rate, 0
    made = [*context.encode(quiet), *context.encode(None)]  # type: ignore[attr-defined]
    return bytes(made[1])
