"""Merge -> Card: the draft with its films and buttons, the joining, and what came of it. Pure."""

from collections.abc import Mapping, Sequence

from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, FieldKind, FormField, Style, Tone
from bot.domain.drive import Clip
from bot.domain.job import Charged, Job, State, counted
from bot.domain.join import FEWEST, FORMATS, MOST, Fill, Format
from bot.domain.media import MediaKind, Role
from bot.domain.paths import film_path
from bot.domain.request import Reference, SourceKind
from bot.flows.intake.intake import called
from bot.flows.merge.wish import agree, how_of, length_of, path_of
from bot.flows.show.fields import film_rows
from bot.flows.show.films import Offers, film_buttons
from bot.flows.show.parts import film, gone, not_posted, notes, renamed, since
from bot.flows.show.words import CHARGED, duration, percent, seconds, shorten

MOST_OFFERED = 25
MOST_ADDED = 5
LONGEST_NAME = 40
FILLS = ((Fill.pad, "Bars beside them"), (Fill.crop, "Edges cut off"))
NO_SOUND = "none"
MERGE = Button(Action.confirm, "Merge", Style.primary)
CANCEL = Button(
    Action.cancel,
    "Cancel",
    Style.danger,
    confirm="Stop this merge? What is joined so far is thrown away; the films themselves stay as they are.",
)
WITHDRAW = Button(Action.cancel, "Cancel")


def merge_card(job: Job, library: Sequence[Clip], ahead: int, offers: Offers) -> Card:
    """The card of a merge; `library` are the newest films that can be put into its draft."""
    match job.state:
        case State.awaiting_confirmation:
            return _draft(job, library)
        case State.queued:
            text = job.trouble or (f"{counted(ahead)} ahead of this one" if ahead else "Next in line")
            return _working(job, "In line", Bar(None, text, None, since(job)))
        case State.processing:
            return _joining(job)
        case State.finalizing:
            text = "Bringing the film home" if not job.tries else "The film is joined; posting it is tried again."
            return _working(job, "Almost there", Bar(1.0, job.trouble or text, None, since(job)))
        case State.complete:
            return _complete(job, offers)
        case _:
            return _over(job)


def _draft(job: Job, library: Sequence[Clip]) -> Card:
    films = _films(job)
    ready = not job.problems
    edit = Button(Action.edit, "Edit", form=merge_form(job, library))
    offered = _offered(films, library) if len(films) < FEWEST else ()
    text = (
        f"{seconds(round(length_of(job.request), 2))} in all. {_probably(job)}"
        if ready
        else "Choose the films and their order."
    )
    free = (*notes(job), "Merging is free. Nothing starts before you press Merge.") if ready else job.problems
    return Card(
        title=f"Merge these {len(films)} films?" if ready else "A merge is being put together",
        text=text,
        fields=(*_rows(job), *_settings(job), Field("Job", job.id)),
        notes=free,
        media=_sheet(job),
        buttons=(*((MERGE,) if ready else ()), *_arranging(len(films)), *offered, edit, WITHDRAW),
        tone=Tone.ask,
    )


def _probably(job: Job) -> str:
    if agree(job.request):
        return "They look alike, so they will probably be joined as they are, in a moment."
    return "They will be encoded anew, which takes about as long as they last."


def _arranging(films: int) -> tuple[Button, ...]:
    """Up, Down and Leave out for each film, named by its place; `item` is that place."""
    buttons: list[Button] = []
    for place in range(1, films + 1):
        if place > 1:
            buttons.append(Button(Action.up, f"{place} up", item=str(place)))
        if place < films:
            buttons.append(Button(Action.down, f"{place} down", item=str(place)))
        buttons.append(Button(Action.leave_out, f"Leave {place} out", item=str(place)))
    return tuple(buttons)


def _offered(films: Sequence[Reference], library: Sequence[Clip]) -> tuple[Button, ...]:
    """The newest films that are not in it yet."""
    there = {ref.source.value for ref in films}
    fresh = [clip for clip in library if clip.id not in there][:MOST_ADDED]
    return tuple(
        Button(Action.add_to_merge, f"Add {shorten(clip.heading, LONGEST_NAME)}", item=clip.id) for clip in fresh
    )


def merge_form(job: Job, library: Sequence[Clip] = ()) -> tuple[FormField, ...]:
    """The films in their order, among them and the newest others, and how they are joined."""
    films, how = _films(job), how_of(job.request)
    options = {ref.source.value: _label(ref) for ref in films if ref.source.kind in {SourceKind.clip, SourceKind.asset}}
    for clip in library[: MOST_OFFERED - len(options)]:
        facts = (clip.heading, seconds(round(clip.seconds, 2)), f"{clip.width} × {clip.height}")
        options.setdefault(clip.id, " · ".join(facts))
    fields = [
        FormField(
            "films",
            f"Films in their order, {FEWEST} to {MOST}",
            FieldKind.order,
            " ".join(ref.source.value for ref in films),
            tuple(options.items()),
        ),
        FormField("format", "Format", FieldKind.choice, how.format.value, tuple((f.value, say) for f, say in FORMATS)),
        FormField("fill", "Films of another shape", FieldKind.choice, how.fill.value, tuple((f.value, say) for f, say in FILLS)),
        FormField("fade", "Cross-fade in seconds, 0 for cuts", FieldKind.line, f"{how.fade_seconds:g}"),
        FormField("path", "Save as", FieldKind.line, path_of(job.request)),
    ]  # fmt: skip
    if sound := job.request.of_role(Role.reference_audio):
        kept = ((sound[0].source.value, called(sound[0])), (NO_SOUND, "None"))
        fields.insert(4, FormField("soundtrack", "Soundtrack", FieldKind.choice, sound[0].source.value, kept))
    return tuple(fields)


def _joining(job: Job) -> Card:
    fraction = job.progress
    if job.trouble:
        text = job.trouble
    elif job.tries:
        text = "A film could not be fetched or kept just now; it is tried again."
    else:
        text = f"Joining, {percent(fraction)}" if fraction else "Joining"
    eta = None if job.eta is None else gone(job) + job.eta
    return _working(job, f"Joining {len(_films(job))} films", Bar(fraction, text, eta, since(job)))


def _working(job: Job, title: str, bar: Bar) -> Card:
    return Card(
        title=title,
        fields=(*_rows(job), *_settings(job), Field("Job", job.id)),
        notes=notes(job),
        media=_sheet(job),
        progress=bar,
        buttons=(CANCEL,),
        tone=Tone.working,
    )


def _complete(job: Job, offers: Offers) -> Card:
    clips = job.result.clips if job.result else ()
    return Card(
        title="Your merged film is ready",
        fields=(
            *film_rows(job, clips),
            *_settings(job),
            Field("Cost", "free"),
            Field("Job", job.id),
            Field("Took", duration(gone(job))),
        ),
        notes=(*(job.result.notes if job.result else ()), *notes(job), *renamed(job, clips), *not_posted(job)),
        media=tuple(media for clip in clips for media in film(clip, job)),
        buttons=tuple(button for clip in clips for button in film_buttons(clip, job, offers)),
        tone=Tone.done,
    )


def _over(job: Job) -> Card:
    """Every end without a film."""
    failure, clips = job.failure, job.result.clips if job.result else ()
    say, told, tone = _ENDS[job.state]
    notes = [told, *job.hints, failure.mend if failure else ""]
    notes += [f"It was joined already, and stays on the Drive as {clip.drive_path}." for clip in clips]
    return Card(
        title=say,
        text=failure.say if failure else job.request.prompt,
        fields=(*(_rows(job) if job.state is State.error else ()), Field("Job", job.id)),
        notes=tuple(filter(None, notes)),
        media=_sheet(job) if job.state is State.error else (),
        tone=tone,
    )


_FREE = CHARGED[Charged.no]
_ENDS: Mapping[State, tuple[str, str, Tone]] = {
    State.error: ("These films could not be merged", _FREE, Tone.problem),
    State.cancelled: ("Cancelled", f"{_FREE} The films themselves stay as they are.", Tone.quiet),
    State.declined: ("Not merged", f"{_FREE} The films themselves stay as they are.", Tone.quiet),
    State.expired: ("This merge was put away", f"Nobody pressed Merge in time. {_FREE} Say “merge” to begin anew.", Tone.quiet),
}  # fmt: skip


def _films(job: Job) -> tuple[Reference, ...]:
    return job.request.of_role(Role.reference_video)


def _rows(job: Job) -> tuple[Field, ...]:
    return tuple(Field(f"Film {place}", _label(ref)) for place, ref in enumerate(_films(job), 1))


def _label(reference: Reference) -> str:
    """`intro.mp4 · 5 s · 1280 × 720`."""
    media = reference.media
    length = seconds(round(media.seconds, 2)) if media and media.seconds else ""
    size = f"{media.width} × {media.height}" if media and media.width else ""
    return " · ".join(filter(None, (called(reference), length, size)))


def _settings(job: Job) -> tuple[Field, ...]:
    how, sound = how_of(job.request), job.request.of_role(Role.reference_audio)
    shapes = {ref.media.aspect for ref in _films(job) if ref.media}
    odd = how.format is not Format.auto or len(shapes) > 1
    rows = (
        ("Format", dict(FORMATS)[how.format]),
        ("Other shapes", dict(FILLS)[how.fill] if odd else ""),
        ("Cross-fade", seconds(how.fade_seconds) if how.fade_seconds else ""),
        ("Soundtrack", called(sound[0]) if sound else ""),
        ("Save as", film_path(path) if (path := path_of(job.request)) else ""),
    )
    return tuple(Field(name, value) for name, value in rows if value)


def _sheet(job: Job) -> tuple[CardMedia, ...]:
    if not job.sheet:
        return ()
    named = ", ".join(f"{place} {called(ref)}" for place, ref in enumerate(_films(job), 1))
    return (CardMedia(kind=MediaKind.image, key=job.sheet, alt=f"The films in their order: {named}", name="films.jpg"),)
