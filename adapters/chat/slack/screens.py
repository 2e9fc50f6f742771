"""What Slack shows over what is there: the forms of buttons, a whole text, and the choice of films to merge or to look for."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.chat.slack import events, forms, views
from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.elements import Json, posting_id
from adapters.chat.slack.events import PLATFORM, Body
from adapters.chat.slack.home import film_buttons, looked_at
from adapters.chat.slack.refusals import guarded
from bot.domain.card import Button, Card, FormField, Tone
from bot.domain.drive import Wanted
from bot.ports.storage import Storage

MOST_TO_MERGE = forms.MOST_OPTIONS
PATIENCE_SECONDS = 3.0
LATE = Card(title="The full text", text="This text cannot be looked up any more. Ask again to see it.", tone=Tone.quiet)
# A ticket for a view holds for three seconds, and once: https://docs.slack.dev/surfaces/modals
TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"})
SORRY = "That could not be opened in time. Nothing was done: press the button again."


class Screens:
    """A screen is opened after the press was acknowledged, and within three seconds of it. `now` is the time."""

    def __init__(self, clients: Clients, storage: Storage, now: Callable[[], datetime]) -> None:
        self._clients, self._storage, self._now = clients, storage, now
        self._opening: set[asyncio.Task[None]] = set()

    async def form(self, body: Body) -> bool:
        """Opens the button's form as the card has it by now. False where it has none any more."""
        word, about = events.pressed(body)
        card = None if events.at_home(body) else await self._card(about.job, events.workspace(body))
        button = await self._at_home(body) if card is None else _button(card, word, about.item)
        if button is None or not button.form:
            return False
        place = events.place(body)
        revision = about.revision if card is None else card.revision
        asked = views.Asked(
            action=word, item=about.item, job=about.job, revision=revision, channel=place.channel, thread=place.thread
        )
        self._open(body, views.form_view(button, asked))
        return True

    async def suggest(self, body: Body) -> Sequence[Json]:
        """The options of a long menu of an open form, for what was typed. Raises ValueError for a view that is none of ours."""
        asked = views.asked(body["view"])
        card = await self._card(asked.job, events.workspace(body))
        button = None if card is None else _button(card, asked.action, asked.item)
        form: Sequence[FormField] = () if button is None else button.form
        return forms.suggested(form, str(body["block_id"]), str(body["action_id"]), str(body.get("value") or ""))

    async def full(self, body: Body) -> None:
        _, about = events.pressed(body)
        self._open(body, views.full_text(await self._card(about.job, events.workspace(body)) or LATE))

    def search(self, body: Body) -> None:
        self._open(body, views.search_view(looked_at(body.get("view") or {}).words))

    def merge(self, body: Body) -> None:
        self._start(self._merge(body))

    async def aclose(self) -> None:
        """Finishes what is being opened."""
        if not self._opening:
            return
        _, late = await asyncio.wait([*self._opening], timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _card(self, job: str, workspace: str) -> Card | None:
        """The card of a button's job, where that is of this workspace: nobody reads another's."""
        posting = await self._storage.cards.get(posting_id(job))
        if posting is None or posting.conversation.platform != PLATFORM:
            return None
        return posting.card if posting.conversation.workspace == workspace else None

    async def _at_home(self, body: Body) -> Button | None:
        """The button of a film on the presser's Home, where they may see that film."""
        word, about = events.pressed(body)
        clip = await self._storage.clips.get(about.item) if events.at_home(body) and about.item else None
        if clip is None or not clip.seen_by(events.person(body), "", self._now()):
            return None
        return next((one for one in film_buttons(clip) if one.action == word), None)

    async def _merge(self, body: Body) -> None:
        wanted = Wanted(viewer=events.person(body), now=self._now())
        found = await self._storage.clips.find(wanted, limit=MOST_TO_MERGE)
        await self._show(body, views.merge_view(found))

    def _open(self, body: Body, view: Mapping[str, Any]) -> None:
        self._start(self._show(body, view))

    async def _show(self, body: Body, view: Mapping[str, Any]) -> None:
        workspace, trigger = events.workspace(body), str(body.get("trigger_id", ""))
        try:
            await self._clients.call(workspace, "views_open", trigger_id=trigger, view=view)
        except SlackRefused as refused:
            if refused.code not in TOO_LATE or events.at_home(body):
                raise
            place = events.place(body)
            thread = {"thread_ts": place.thread} if place.thread else {}
            await self._clients.call(
                workspace, "chat_postEphemeral", channel=place.channel, user=events.person(body).id, text=SORRY, **thread
            )  # fmt: skip

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(guarded(work))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)


def _button(card: Card, action: str, item: str) -> Button | None:
    return next((one for one in card.buttons if (one.action, one.item) == (action, item)), None)
