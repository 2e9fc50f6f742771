"""The rows of facts on a card."""

from bot.domain.card import Field
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.domain.request import Origin, Setting
from bot.domain.units import size_text
from bot.flows.show.words import amount, moves, seconds


def settings(job: Job) -> tuple[Field, ...]:
    """Every setting of the chosen model, in words, with where it came from unless it was said."""
    if job.choice is None:
        return ()
    chosen = job.choice.settings
    rows: list[tuple[str, Setting | None, str]] = [
        ("Length", chosen.seconds, seconds(chosen.seconds.value) if chosen.seconds else ""),
        ("Ratio", chosen.aspect, chosen.aspect.value if chosen.aspect else ""),
        ("Resolution", chosen.resolution, chosen.resolution.value if chosen.resolution else ""),
        ("Sound", chosen.audio, ("on" if chosen.audio.value else "off") if chosen.audio else ""),
        ("Results", chosen.count, str(chosen.count.value) if chosen.count and chosen.count.value > 1 else ""),
        ("Camera", chosen.camera, moves(chosen.camera.value) if chosen.camera else ""),
        ("Seed", chosen.seed, str(chosen.seed.value) if chosen.seed else ""),
        ("Avoid", chosen.negative, chosen.negative.value if chosen.negative else ""),
        ("Voice line", chosen.voice, chosen.voice.value if chosen.voice else ""),
        ("Watermark", chosen.watermark, "on" if chosen.watermark and chosen.watermark.value else ""),
        ("Last frame", chosen.last_frame, "returned" if chosen.last_frame and chosen.last_frame.value else ""),
        ("Web search", chosen.web_search, "on" if chosen.web_search and chosen.web_search.value else ""),
        ("Kept", chosen.temporary, "24 hours" if chosen.temporary and chosen.temporary.value else ""),
        ("Save as", chosen.drive_path, chosen.drive_path.value if chosen.drive_path else ""),
    ]
    said = tuple(
        Field(name, text if setting.origin is Origin.said else f"{text} (default)")
        for name, setting, text in rows
        if setting is not None and text
    )
    return (Field("Model", job.choice.title), *said, Field("Job", job.id))


def results(job: Job, clips: tuple[Clip, ...]) -> tuple[Field, ...]:
    title = job.choice.title if job.choice else ""
    seed = job.result.seed if job.result else None
    cost = (
        job.result.credits
        if job.result and job.result.credits is not None
        else (job.quote.credits if job.quote else None)
    )
    rows = [("Model", title), *(_clip_row(clip, len(clips) > 1) for clip in clips)]
    if seed is not None:
        rows.append(("Seed", str(seed)))
    if cost is not None:
        rows.append(("Cost", amount(cost)))
    return (*(Field(name, value) for name, value in rows), Field("Job", job.id))


def _clip_row(clip: Clip, many: bool) -> tuple[str, str]:
    facts = f"{clip.width} × {clip.height}, {round(clip.seconds, 2):g} s, {size_text(clip.bytes)}"
    return (f"Film {clip.id.rpartition('-')[2]}" if many else "Film", f"{clip.drive_path} · {facts}")
