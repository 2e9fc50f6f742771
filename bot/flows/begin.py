"""The wish that each button under a film begins with. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.domain.card import Action
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.domain.join import MERGED
from bot.domain.media import MediaKind, Role
from bot.domain.model import FRAMES, Choice, Model
from bot.domain.request import Origin, Reference, Setting, Settings, Source, SourceKind, Task, VideoRequest
from bot.domain.rules import Rules

FILM = "@Video1"
USUAL = ("model", "seconds", "aspect", "resolution", "audio", "watermark")
"""The settings that a film takes over from one that it only refers to."""
_TOKEN = re.compile(r"@(Image|Video|Audio)\d+")
_WORDS = {"Image": "the picture", "Video": "the film", "Audio": "the sound"}
_OPENER = re.compile(r"\s*(?:please\s+)?(?:extend|continue|prolong|lengthen)\s+@Video\d+\s*[:,.;-]*\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Begun:
    """A wish as it begins, before anything is changed in it, and what was chosen for the film that it comes from."""

    request: VideoRequest
    choice: Choice | None


def begun(how: Action, clip: Clip, job: Job | None) -> Begun:
    """Of what a form offers and a press without one asks for. `job` is what made the film, None where that is gone or not to be read."""
    whole = source(clip, job)
    settings = whole.request.settings
    match how:
        case Action.extend:
            prompt = retold(story(whole.request.prompt), instead(whole.request.references, FILM))
            settings = replace(settings, seed=None, drive_path=None)
            request = VideoRequest(prompt=prompt, settings=settings, references=(film(clip),))
        case Action.reference:
            usual = Settings(**{name: getattr(settings, name) for name in USUAL})
            request = VideoRequest(prompt="", settings=usual, references=(film(clip),))
        case _:
            settings = replace(settings, seed=_seed(clip, job) or settings.seed)
            request = replace(whole.request, settings=settings)
    return replace(whole, request=request)


def continued(clip: Clip, job: Job | None, model: Model | None) -> tuple[VideoRequest, tuple[Reference, ...]]:
    """The same wish from where the film ends, and the files left out: `model` takes no such thing beside a first frame."""
    whole = source(clip, job).request
    over = whole.task in {Task.extend, Task.edit}
    beside = tuple(one for one in whole.references if not over and _beside(one.role, model))
    left = tuple(one for one in whole.references if one not in beside)
    first = frame(clip, Role.first_frame)
    moved = _numbered((first, *beside))
    names = {old.token: new.token for old, new in zip(beside, moved[1:], strict=True)}
    return replace(
        whole,
        prompt=retold(story(whole.prompt), instead(left, first.token) | names),
        settings=replace(whole.settings, seed=None, drive_path=None),
        references=moved,
    ), left


def _beside(role: Role, model: Model | None) -> bool:
    rule = model.rule(role) if model is not None and role not in FRAMES else None
    if rule is None or model is None:
        return False
    return rule.with_frames and (role is Role.reference_audio or Task.references in model.tasks)


def _numbered(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Each with the token of its place among its kind."""
    counted: Counter[MediaKind] = Counter()
    placed: list[Reference] = []
    for one in references:
        counted[one.kind] += 1
        placed.append(replace(one, token=f"@{one.kind.capitalize()}{counted[one.kind]}"))
    return tuple(placed)


def referred(request: VideoRequest, clip: Clip, model: Model | None, rules: Rules) -> VideoRequest:
    """The wish with the film given as this model takes it: as it is, or its last frame; where it takes neither, as it is."""
    if model is None or (takes_film(model, rules) and Task.references in model.tasks):
        return request
    for role, task in ((Role.reference_image, Task.references), (Role.first_frame, Task.first_frame)):
        if task in model.tasks and _takes(role, model, rules):
            still = frame(clip, role)
            return replace(request, prompt=request.prompt.replace(FILM, still.token), references=(still,))
    return request


def takes_film(model: Model, rules: Rules) -> bool:
    """Whether a film of ours can be given to it."""
    return _takes(Role.reference_video, model, rules)


def _takes(role: Role, model: Model, rules: Rules) -> bool:
    """What a provider fetches itself needs a public address to be fetched from."""
    rule = model.rule(role)
    return rule is not None and (not rule.by_link or rules.public_links)


def source(clip: Clip, job: Job | None) -> Begun:
    """What this one film was made from: the wish of its job with the model that was chosen, one result asked for."""
    if merged(clip, job):
        return Begun(VideoRequest(prompt=""), None)
    if job is None or job.choice is None:
        choice = Choice(model=clip.model, provider="", title=clip.title, task=Task.text, settings=Settings())
        wish = VideoRequest(prompt=retold(story(clip.prompt), {}), settings=pinned(Settings(), choice))
        return Begun(wish, choice) if clip.model else Begun(replace(wish, settings=Settings()), None)
    settings = replace(pinned(job.request.settings, job.choice), count=None)
    choice = replace(job.choice, settings=replace(job.choice.settings, count=None))
    return Begun(replace(job.request, settings=settings), choice)


def merged(clip: Clip, job: Job | None) -> bool:
    """Whether it was joined from others, so that there is no prompt to film again."""
    return clip.model == MERGED or (job is not None and job.request.join is not None)


def pinned(settings: Settings, choice: Choice) -> Settings:
    """With the model that the film was made with, whatever the default is by now."""
    origin = settings.model.origin if settings.model else Origin.default
    return replace(settings, model=Setting(choice.model, origin))


def film(clip: Clip) -> Reference:
    """The film itself, as a reference."""
    return Reference(
        token=FILM,
        kind=MediaKind.video,
        role=Role.reference_video,
        source=Source(SourceKind.clip, clip.id, clip.name, "video/mp4"),
        role_origin=Origin.said,
    )


def frame(clip: Clip, role: Role) -> Reference:
    """Its last frame."""
    return Reference(
        token="@Image1",  # noqa: S106 - a name in the prompt, no password
        kind=MediaKind.image,
        role=role,
        source=Source(SourceKind.clip, clip.id, f"the last frame of {clip.name}", "image/png"),
        role_origin=Origin.said,
    )


def story(prompt: str) -> str:
    """Without the words that had another film carried on."""
    return prompt[found.end() :] if (found := _OPENER.match(prompt)) else prompt


def instead(references: Iterable[Reference], token: str) -> dict[str, str]:
    """Who is called what where these are left out: what was seen in them is seen in the film, or in the picture, that has this token."""
    seen = (one for one in references if one.kind is not MediaKind.audio)
    return {one.token: "the last picture" if one.role is Role.last_frame else token for one in seen}


def retold(prompt: str, tokens: Mapping[str, str]) -> str:
    """With other tokens in the place of these; one that is not among them names nothing any more and becomes plain words."""
    return _TOKEN.sub(lambda found: tokens.get(found[0], _WORDS[found[1]]), prompt)


def _seed(clip: Clip, job: Job | None) -> Setting[int] | None:
    """The film's own, where it is known: the films of one wish differ in nothing else."""
    result = job.result if job else None
    if result is None:
        return None
    seeds = result.seeds if result.seed is None else range(result.seed, result.seed + len(result.clips))
    said = job.request.settings.seed if job else None
    found = next((seed for one, seed in zip(result.clips, seeds, strict=False) if one.id == clip.id), None)
    return None if found is None else Setting(found, said.origin if said else Origin.default)
