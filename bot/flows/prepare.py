"""From a wish to a price: files taken in, a model chosen, files mended for it, and a quote; problems are gathered, never raised."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chat import Conversation, Person
from bot.domain.errors import UserError
from bot.domain.job import Job
from bot.domain.media import Box, MediaKind, Role, centre_crop, ratio
from bot.domain.model import Choice
from bot.domain.pricing import Quote
from bot.domain.request import Reference, VideoRequest
from bot.flows.choose import choose
from bot.flows.decided import decided
from bot.flows.intake import intake, mend
from bot.flows.quote import quote
from bot.flows.room import full, in_space
from bot.flows.sheets import contact_sheet
from bot.ports.house import House

CROPPED_ROLES = frozenset({Role.first_frame, Role.last_frame, Role.reference_image})
CROP_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A wish ready for its card: it can be confirmed where `quote` is there and `problems` is empty."""

    request: VideoRequest
    choice: Choice | None
    quote: Quote | None
    problems: tuple[str, ...]
    sheet: str = ""


async def prepare(
    request: VideoRequest,
    conversation: Conversation,
    author: Person,
    house: House,
    problems: tuple[str, ...] = (),
) -> Prepared:
    """`problems` are those already found while parsing; they come first."""
    request = await intake(request, conversation, author, house)
    now = house.clock.now()
    rules = await decided(conversation, house.rules, house.storage.policies)
    choice, unfit = choose(request, house.catalogue, rules, now.date())
    found = [*problems, *unfit]
    price = None
    model = house.catalogue.get(choice.model) if choice else None
    if choice is not None and model is not None:
        request, counts = await mend(request, model, house)
        found += counts
        try:
            price = quote(choice, model, request, rules, now)
        except UserError as error:
            found.append(error.say)
    found += filter(None, [await full(author, house, in_space(request))])
    found += [f"{ref.token}: {problem.say}" for ref in request.references for problem in ref.problems]
    sheet = await _sheet(request, choice, house)
    return Prepared(request=request, choice=choice, quote=price, problems=tuple(dict.fromkeys(found)), sheet=sheet)


def priced(job: Job, prepared: Prepared, house: House) -> Job:
    """The job with a wish as prepared; its price stands on the card from this version on, and expires."""
    now = house.clock.now()
    return job.move(
        job.state,
        now,
        request=prepared.request,
        choice=prepared.choice,
        quote=prepared.quote,
        problems=prepared.problems,
        sheet=prepared.sheet,
        asked_version=job.version + 1,
        asked_at=now,
        agreed_by=None,
        next_step_at=now + timedelta(seconds=house.rules.confirm_seconds),
    )


def crop_of(reference: Reference, choice: Choice | None) -> Box | None:
    """The part of a picture that will be seen, where its ratio differs from the film's (B5)."""
    media = reference.media
    aspect = choice.settings.aspect.value if choice and choice.settings.aspect else "adaptive"
    if media is None or not media.width or not media.height or aspect == "adaptive":
        return None
    if reference.kind is not MediaKind.image or reference.role not in CROPPED_ROLES:
        return None
    if abs(media.width / media.height / float(ratio(aspect)) - 1) < CROP_TOLERANCE:
        return None
    return centre_crop(media.width, media.height, ratio(aspect))


async def _sheet(request: VideoRequest, choice: Choice | None, house: House) -> str:
    """The Files key of a numbered contact sheet of what came in, "" where nothing usable did."""
    usable = [reference for reference in request.references if reference.key and reference.media]
    stills = [(ref.key, f"{ref.token} {ref.role.value.replace('_', ' ')}", crop_of(ref, choice)) for ref in usable]
    return await contact_sheet(stills, house)
