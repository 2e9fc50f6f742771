"""What the bot shows: one card a job, as plain data that each platform renders its own way."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.chat import Conversation, MessageRef, Person
from bot.domain.drive import Clip
from bot.domain.media import MediaKind


class Tone(StrEnum):
    plain = "plain"
    ask = "ask"
    working = "working"
    done = "done"
    problem = "problem"
    quiet = "quiet"


class Style(StrEnum):
    plain = "plain"
    primary = "primary"
    danger = "danger"


class Action(StrEnum):
    """What a button does; the words are part of the web interface and of stored cards."""

    confirm = "confirm"
    decline = "decline"
    edit = "edit"
    cancel = "cancel"
    look_again = "look_again"
    submit_again = "submit_again"
    close = "close"
    approve = "approve"
    # about a film, which the button's `item` names
    again = "again"
    variation = "variation"
    continue_ = "continue"
    extend = "extend"
    reference = "reference"
    save = "save"
    add_to_merge = "add_to_merge"
    film = "film"
    rename = "rename"
    delete = "delete"
    restore = "restore"
    # about a place among several: of a list's pages, of a merge's films
    page = "page"
    up = "up"
    down = "down"
    leave_out = "leave_out"
    # about a prompt that was written for somebody
    use = "use"
    rewrite = "rewrite"
    # about what admins decide, which `item` says in the words of a line after `admin`
    admin = "admin"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMedia:
    """A file of the Drive to show. `key` and `poster` are `Files` keys; a platform makes links or uploads of them."""

    kind: MediaKind
    key: str
    alt: str
    name: str = ""
    poster: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    bytes: int | None = None


def film_media(clip: Clip, alt: str) -> CardMedia:
    """A clip as a card or an upload shows it."""
    return CardMedia(
        kind=MediaKind.video,
        key=clip.key,
        alt=alt or "The film",
        name=clip.drive_path.rsplit("/", 1)[-1],
        poster=clip.poster,
        width=clip.width,
        height=clip.height,
        seconds=clip.seconds,
        bytes=clip.bytes,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """Progress: `fraction` from 0 to 1, None while unknown; `eta` in seconds from `since` (an ISO 8601 instant, when the work began)."""

    fraction: float | None
    text: str
    eta: float | None = None
    since: str = ""


class FieldKind(StrEnum):
    text = "text"
    line = "line"
    choice = "choice"
    toggle = "toggle"
    order = "order"


@dataclass(frozen=True, slots=True)
class FormField:
    """One input of a form: a text of several lines, a line, a choice, a toggle, or an order.

    A choice's `options` are (value, label); a toggle's value is `yes` or `no`. An order is some of its options, one after the other: its
    value is theirs with spaces between them.
    """

    name: str
    label: str
    kind: FieldKind
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """`confirm` is a question to ask before the press counts, `form` what is to be filled in first; its values come with the press.

    `item` says which of several things it is about, such as a clip's id or a page's number: at most MAX_ITEM plain ASCII characters.
    """

    action: Action
    label: str
    style: Style = Style.plain
    confirm: str | None = None
    item: str = ""
    form: tuple[FormField, ...] = ()


MAX_ITEM = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything here is plain text, never markup: each platform escapes it.

    `costs` are the quote's lines as (text, credits) with the total last; `notes` are what was adjusted, mended or refused, and hints.
    `job` and `revision` name the job and its version that the buttons are about. A card of no job that has buttons names itself: `job` is
    its own id, as the press is to say it.
    """

    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    costs: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    media: tuple[CardMedia, ...] = ()
    progress: Bar | None = None
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.plain
    state: str = ""
    job: str = ""
    revision: int = 0

    @property
    def summary(self) -> str:
        """One line of plain text: for notifications, screen readers and platforms without cards."""
        return f"{self.title}: {self.text}" if self.text else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A card's place in a chat: which revision is wanted, which is shown, and the card as last rendered.

    `id` is also the idempotency key of the post; `rendered` is the revision that `card` was made from.
    """

    id: str
    conversation: Conversation
    job: str | None
    wanted: int
    shown: int
    rendered: int = 0
    card: Card | None = None
    message: MessageRef | None = None
    to: Person | None = None
