"""`clapper check`: whether files are acceptable, with every problem at once."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from bot.app import RealClock, catalogue
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import ready, unreadable
from bot.domain.catalogue import Catalogue
from bot.domain.errors import BadRequest, Unreadable
from bot.domain.limits import LIMITS
from bot.domain.media import Media, MediaKind, MediaLimits, Problem, Role
from bot.domain.model import Model
from bot.domain.units import size_text
from bot.flows.intake.kinds import KIND_OF, NAMES
from bot.ports.media import MediaTools
from bot.ports.parts import Parts

USUAL = {
    MediaKind.image: (Role.first_frame, Role.reference_image, Role.last_frame),
    MediaKind.video: (Role.reference_video,),
    MediaKind.audio: (Role.reference_audio,),
}
AGAIN = "Export it again, or send another."


@dataclass(frozen=True, slots=True)
class Looked:
    path: Path
    media: Media | None
    problems: tuple[Problem, ...]

    @property
    def fine(self) -> bool:
        """What Clapper puts right by itself keeps no file out."""
        return all(problem.mendable for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What files are held against: a model's limits for a role, or where neither is named, what is accepted in general."""

    model: Model | None
    role: Role | None
    max_bytes: int

    def problems(self, media: Media) -> tuple[Problem, ...]:
        if self.role is not None and KIND_OF[self.role] is not media.kind:
            wanted, role = NAMES[KIND_OF[self.role]], self.role.value.replace("_", " ")
            return (Problem(f"Kind of file for the {role}", wanted, NAMES[media.kind], f"Send {wanted} for it."),)
        limits = self._limits(media.kind)
        if limits is None:
            assert self.model is not None
            found = NAMES[media.kind] if self.role is None else self.role.value.replace("_", " ")
            return (Problem("Role", f"what {self.model.title} takes", found, "Choose another model."),)
        return limits.check(media)

    def _limits(self, kind: MediaKind) -> MediaLimits | None:
        if self.model is None:
            return LIMITS[kind]
        rules = (self.model.rule(role) for role in ((self.role,) if self.role else USUAL[kind]))
        return next((rule.media for rule in rules if rule is not None), None)


def check(files: Sequence[Path], model: str | None, role: str | None, *, json: bool) -> int:
    """Exit code 1 where any file has a problem that Clapper cannot put right. Raises BadRequest for a model or role that does not exist."""
    settings = ready(working=True)
    most = settings.limits.upload_mb * 1_000_000
    yardstick = Yardstick(_model(model, catalogue(settings)), _role(role), most)
    looked = run(_looked(files, yardstick))
    if json:
        out.document({"files": [_row(one) for one in looked]})
    else:
        for one in looked:
            _tell(one)
    return 0 if all(one.fine for one in looked) else 1


async def _looked(files: Sequence[Path], yardstick: Yardstick) -> list[Looked]:
    parts = Parts(settings={}, folder=Path(tempfile.gettempdir()), clock=RealClock())
    tools = import_module("adapters.media.ffmpeg").create(parts)
    try:
        return await asyncio.gather(*(_look(path, yardstick, tools) for path in files))
    finally:
        await tools.aclose()


async def _look(path: Path, yardstick: Yardstick, tools: MediaTools) -> Looked:
    if (why := await asyncio.to_thread(unreadable, path)) is not None:
        return Looked(path, None, (Problem("File", "", why.rstrip("."), ""),))
    size = (await asyncio.to_thread(path.stat)).st_size
    if size > yardstick.max_bytes:
        limit, found = size_text(yardstick.max_bytes), size_text(size)
        return Looked(path, None, (Problem("File size", limit, found, "Send a smaller one."),))
    try:
        media = await tools.probe(path)
    except Unreadable as error:
        return Looked(path, None, (Problem("File", "", error.why.rstrip("."), AGAIN),))
    return Looked(path, media, yardstick.problems(media))


def _model(name: str | None, models: Catalogue) -> Model | None:
    if name is None:
        return None
    names = models.names()
    found = models.get(names.get(name.strip().lower(), ""))
    if found is None:
        near = get_close_matches(name.lower(), names, n=1)
        meant = f" Did you mean {names[near[0]]}?" if near else ""
        raise BadRequest(f"There is no model {name!r}.{meant} `clapper models` lists them.")
    return found


def _role(name: str | None) -> Role | None:
    try:
        return None if name is None else Role(name.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        raise BadRequest(f"There is no role {name!r}; there are {', '.join(Role)}.") from None


def _row(one: Looked) -> dict[str, object]:
    problems = [
        {
            "what": problem.what,
            "limit": problem.limit,
            "found": problem.found,
            "mend": problem.mend,
            "mendable": problem.mendable,
        }
        for problem in one.problems
    ]
    kind = one.media.kind if one.media else None
    return {"path": str(one.path), "kind": kind, "ok": one.fine, "media": one.media, "problems": problems}


def _tell(one: Looked) -> None:
    facts = _facts(one.media) if one.media else ""
    standing = "not acceptable" if not one.fine else "fine, will be mended" if one.problems else "fine"
    out.say(f"{standing}  {one.path}{f'  ({facts})' if facts else ''}")
    for problem in one.problems:
        out.say(f"  - {problem.say}")


def _facts(media: Media) -> str:
    parts = (
        media.mime,
        f"{media.width} × {media.height}" if media.width else "",
        f"{media.seconds:.4g} s" if media.seconds else "",
        " and ".join(filter(None, (media.video_codec, media.audio_codec))),
        size_text(media.bytes),
    )
    return ", ".join(filter(None, parts))
