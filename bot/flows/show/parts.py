"""What the cards of several states have in common."""

from collections.abc import Sequence

from bot.domain.card import Action, Bar, Button, Card, CardMedia, Style, Tone, film_media
from bot.domain.drive import Clip
from bot.domain.job import Charged, Job
from bot.domain.media import MediaKind
from bot.domain.paths import film_path, why_unsafe
from bot.flows.settle import cost
from bot.flows.show.fields import settings
from bot.flows.show.words import CHARGED

CANCEL = Button(
    Action.cancel, "Cancel", Style.danger, confirm="Stop this film? What is rendered so far is thrown away."
)
CANCEL_ALL = Button(
    Action.cancel,
    "Cancel",
    Style.danger,
    confirm="Stop these films? Those that are ready stay on the Drive; what is rendered of the others is thrown away.",
)
DECISIONS = (
    Button(Action.look_again, "Look again", Style.primary),
    Button(Action.submit_again, "Submit again", Style.danger, confirm="It may be charged twice. Submit it again?"),
    Button(Action.close, "Close"),
)


def working(job: Job, title: str, bar: Bar) -> Card:
    return Card(
        title=title,
        fields=settings(job),
        notes=notes(job),
        media=sheet(job),
        progress=bar,
        buttons=(CANCEL,),
        tone=Tone.working,
    )


def money(job: Job) -> str:
    charged = job.failure.charged if job.failure else Charged.no
    return CHARGED[Charged.no if free(job) else charged]


def free(job: Job) -> bool:
    return cost(job) == 0


def notes(job: Job) -> tuple[str, ...]:
    adjusted = tuple(one.say for one in job.choice.adjustments) if job.choice else ()
    mended = tuple(f"{ref.token}: {mend}." for ref in job.request.references for mend in ref.mends)
    return (*adjusted, *mended, *_made_safe(job))


def _made_safe(job: Job) -> tuple[str, ...]:
    """What of the path that was said cannot be in a name."""
    said = job.request.settings.drive_path
    why = why_unsafe(said.value) if said else ()
    return (f"Saved as {film_path(said.value)}: {' '.join(why)}",) if said and why else ()


def sheet(job: Job) -> tuple[CardMedia, ...]:
    if not job.sheet:
        return ()
    named = ", ".join(f"{ref.token} {ref.role.value.replace('_', ' ')}" for ref in job.request.references if ref.key)
    return (CardMedia(kind=MediaKind.image, key=job.sheet, alt=f"What came in: {named}", name="inputs.jpg"),)


def film(clip: Clip, job: Job) -> tuple[CardMedia, ...]:
    """Nothing of one that is in the trash or kept no more."""
    if clip.trashed_at is not None or not clip.key:
        return ()
    whole = film_media(clip, job.request.prompt)
    if not clip.last_frame:
        return (whole,)
    stem = whole.name.rpartition(".")[0]
    frame = CardMedia(kind=MediaKind.image, key=clip.last_frame, alt="The last frame", name=f"{stem}-last.png")
    return (whole, frame)


def films(job: Job, clips: Sequence[Clip]) -> tuple[CardMedia, ...]:
    """The films, after a numbered sheet of their posters where there are several."""
    key = job.result.sheet if job.result else ""
    alt = f"{len(clips)} films, numbered"
    sheet_of_all = (CardMedia(kind=MediaKind.image, key=key, alt=alt, name="films.jpg"),) if key else ()
    return (*sheet_of_all, *(media for clip in clips for media in film(clip, job)))


def renamed(job: Job, clips: tuple[Clip, ...]) -> tuple[str, ...]:
    said = job.choice.settings.drive_path if job.choice else None
    if said is None:
        return ()
    wanted = film_path(said.value)
    if any(clip.drive_path == wanted or clip.version > 1 for clip in clips):
        return ()  # the first has the name, and the next of the same job are numbered after it; or somebody named them anew
    return tuple(
        f"Saved as {clip.drive_path}: {wanted} was there already, and nothing is ever overwritten."
        for clip in clips
        if clip.drive_path != wanted
    )


def not_posted(job: Job) -> tuple[str, ...]:
    if job.result is None or job.result.delivered >= len(job.result.clips):
        return ()
    return ("The chat did not take the file; it is safe on the Drive.",)


def since(job: Job) -> str:
    return job.confirmed_at.isoformat() if job.confirmed_at else ""


def gone(job: Job) -> float:
    """Seconds from the confirmation to now."""
    return (job.changed_at - job.confirmed_at).total_seconds() if job.confirmed_at else 0.0
