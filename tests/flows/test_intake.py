"""Intake and mend, with real files, a real Drive, real storage and real media tools."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.files.local.files import LocalFiles
from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip, asset_key, drive_key
from bot.domain.errors import BadMedia
from bot.domain.job import Job, RemoteFile, Result, State
from bot.domain.media import MediaKind, MediaLimits, Role
from bot.domain.model import Model, RoleRule
from bot.domain.request import Origin, Reference, Source, SourceKind, VideoRequest
from bot.domain.rules import Rules
from bot.flows.intake import intake, mend
from bot.flows.intake.intake import asset_id
from bot.ports.fetch import Fetched
from bot.ports.house import House
from tests.adapters.media import making
from tests.fakes import Board, SetClock
from tests.houses import ASKER, HERE, OTHER, TOLL, open_storage

ELSEWHERE = Conversation("board", "team", "other-films", "another-thread")
STRANGER = Person("board", "other-team", "U1", "Asker")
ROLES = {
    MediaKind.image: Role.reference_image,
    MediaKind.video: Role.reference_video,
    MediaKind.audio: Role.reference_audio,
}


@pytest.fixture(scope="module")
def tools():
    tools = FFmpegTools(Pool())
    yield tools
    tools.pool.close()


@pytest.fixture
def board():
    return Board()


@pytest.fixture
async def house(empty_database, tmp_path, tools, board):
    clock = SetClock()
    storage = open_storage(empty_database, tmp_path, clock)
    yield House(
        storage=storage, files=LocalFiles(tmp_path / "drive"), media=tools, fetch=web_of(tmp_path), clock=clock,
        platforms={"board": board}, providers={}, catalogue=None, rules=Rules(max_upload_bytes=3_000_000),  # type: ignore[arg-type]
        folder=tmp_path / "scratch", worker="worker-1", serves=frozenset({"board"}),
    )  # fmt: skip
    await storage.aclose()


def web_of(folder: Path):
    """A web whose addresses are files of a folder."""

    async def fetch(url: str, into: Path, *, max_bytes: int) -> Fetched:
        page = folder / url.rpartition("/")[2]
        if not page.exists():
            raise BadMedia("films.example answers with status 404 instead of the file. Check the link.")
        into.write_bytes(page.read_bytes()[:max_bytes])
        return Fetched(page.name, "", page.stat().st_size)

    return fetch


def wants(*sources: Source, kind: MediaKind = MediaKind.image, prompt: str = "", **more) -> VideoRequest:
    references = tuple(
        Reference(
            token=f"@{kind.value.capitalize()}{number}", kind=kind, source=source, **({"role": ROLES[kind]} | more)
        )
        for number, source in enumerate(sources, 1)
    )
    return VideoRequest(prompt=prompt, references=references)


def upload(board: Board, path: Path) -> Source:
    board.attachments[path.name] = path.read_bytes()
    return Source(SourceKind.upload, path.name, path.name)


def said(request: VideoRequest) -> list[list[str]]:
    return [[problem.say for problem in reference.problems] for reference in request.references]


def leftovers(house: House) -> list[Path]:
    return list(house.folder.iterdir()) if house.folder.exists() else []


async def drained(house: House, key: str) -> bytes:
    return b"".join([piece async for piece in house.files.open(key)])


async def test_an_upload_is_kept_by_its_content_and_known_as_an_asset(house, board, tmp_path):
    path = making.picture(tmp_path / "beach.png")
    taken = await intake(wants(upload(board, path)), HERE, ASKER, house)
    (reference,) = taken.references
    assert reference.media is not None
    assert (reference.media.mime, reference.media.width, reference.problems) == ("image/png", 640, ())
    assert reference.key == asset_key(reference.media.sha256)
    assert await drained(house, reference.key) == path.read_bytes()
    assert leftovers(house) == []

    again = await intake(wants(upload(board, path)), ELSEWHERE, OTHER, house)
    assert again.references[0].key == reference.key


async def test_an_asset_is_used_again_by_its_workspace_alone(house, board, tmp_path):
    taken = await intake(wants(upload(board, making.picture(tmp_path / "a.png"))), HERE, ASKER, house)
    found = taken.references[0]
    id = asset_id(ASKER, found.media.sha256)
    for value in (id, f"asset:{id}"):
        used = await intake(wants(Source(SourceKind.asset, value)), ELSEWHERE, OTHER, house)
        assert (used.references[0].media, used.references[0].key) == (found.media, found.key)
    refused = await intake(wants(Source(SourceKind.asset, id)), HERE, STRANGER, house)
    assert said(refused) == [
        [f"The file: There is no file {id!r} in this workspace. Check its id, or send the file itself."]
    ]


async def test_a_link_is_fetched_within_the_cap(house, tmp_path):
    making.picture(tmp_path / "a.png")
    link = Source(SourceKind.url, "https://films.example/a.png", "a.png")
    gone = Source(SourceKind.url, "https://films.example/gone.png", "gone.png")
    taken = await intake(wants(link, gone), HERE, ASKER, house)
    assert taken.references[0].media.width == 640
    assert said(taken)[1] == ["gone.png: films.example answers with status 404 instead of the file. Check the link."]


async def test_every_problem_of_every_file_is_told_and_the_good_ones_are_kept(house, board, tmp_path):
    (tmp_path / "notes.png").write_text("Dear all")
    (tmp_path / "empty.png").touch()
    (tmp_path / "huge.png").write_bytes(bytes(3_000_001))
    making.bomb_png(tmp_path / "bomb.png", 50_000, 20_000)
    making.picture(tmp_path / "good.png")
    names = ("notes.png", "good.png", "empty.png", "huge.png", "bomb.png")
    taken = await intake(wants(*(upload(board, tmp_path / name) for name in names)), HERE, ASKER, house)
    assert said(taken) == [
        ["notes.png: It is a text file, not a picture, a film or a sound. Export it again, or send another."],
        [],
        ["empty.png: It is empty: it has 0 bytes. Export it again, or send another."],
        ["huge.png: The file is larger than 3 MB, the limit. Send a smaller one."],
        [
            "bomb.png: It is 50000 x 20000 px large; at most 100 million pixels can be opened. Export it again, or send another."
        ],
    ]
    assert [bool(reference.key) for reference in taken.references] == [False, True, False, False, False]
    assert leftovers(house) == []


async def test_what_is_in_already_is_not_brought_again(house, board, tmp_path):
    (tmp_path / "notes.png").write_text("Dear all")
    sources = (upload(board, making.picture(tmp_path / "a.png")), upload(board, tmp_path / "notes.png"))
    taken = await intake(wants(*sources), HERE, ASKER, house)
    board.attachments.pop("a.png")
    board.attachments["notes.png"] = making.picture(tmp_path / "b.png", making.scene(320, 240)).read_bytes()
    again = await intake(taken, HERE, ASKER, house)
    assert again.references[0] == taken.references[0]
    assert again.references[1].media.width == 320
    assert said(again) == [[], []]


async def test_more_files_than_allowed_are_told_without_being_brought(house, board, tmp_path):
    house = replace(house, rules=replace(house.rules, max_attachments=2))
    source = upload(board, making.picture(tmp_path / "a.png"))
    taken = await intake(wants(source, source, Source(SourceKind.upload, "never asked for")), HERE, ASKER, house)
    assert said(taken) == [[], [], ["Number of files: 3, the limit is 2. Leave some out."]]


async def test_a_chat_that_is_not_connected_is_told(house):
    away = replace(HERE, platform="elsewhere")
    taken = await intake(wants(Source(SourceKind.upload, "x")), away, ASKER, house)
    assert said(taken) == [["The file: The chat this file was sent in is not connected now. Send the file again."]]


async def test_a_person_reaches_their_own_drive_and_the_shared_space_and_nothing_else(house, tmp_path):
    film = making.film(tmp_path / "film.mp4", seconds=0.5, size=(320, 240), sound=None).read_bytes()
    for path, owner in (("mine/a.mp4", ASKER), ("/space/b.mp4", ASKER), ("secret.mp4", OTHER)):
        scratch = tmp_path / "in"
        scratch.write_bytes(film)
        await house.files.keep(scratch, drive_key(path, owner))
    reachable = ("mine/a.mp4", "mine/a", "/space/b.mp4", "/space/b")
    hidden = (
        "secret.mp4",
        "../U2/secret.mp4",
        "../../people/U2/secret.mp4",
        "/space/../people/U2/secret.mp4",
        "/etc/passwd",
    )
    paths = [Source(SourceKind.drive, path) for path in (*reachable, *hidden)]
    taken = await intake(wants(*paths, kind=MediaKind.video), HERE, ASKER, house)
    assert [bool(reference.media) for reference in taken.references] == [True] * 4 + [False] * 5
    assert said(taken)[4] == ["The file: There is no file 'secret.mp4' on the Drive. Check its name."]
    strangers = await intake(wants(*paths, kind=MediaKind.video), HERE, STRANGER, house)
    assert not any(reference.media for reference in strangers.references)


async def finished(house: House, name: str, conversation: Conversation, owner: Person, film: bytes) -> Clip:
    """A film that was made in a conversation, in the library and on its owner's Drive."""
    now = house.clock.now()
    key, still = drive_key(f"{name}.mp4", owner), drive_key(f"{name}.png", owner)
    scratch = house.folder.parent / "in"
    scratch.write_bytes(film)
    await house.files.keep(scratch, key)
    making.picture(scratch.with_suffix(".png"), making.scene(320, 200))
    await house.files.keep(scratch.with_suffix(".png"), still)
    clip = Clip(
        id=f"K-{name}", workspace=owner.workspace, owner=owner, job=f"J-{name}", drive_path=f"{name}.mp4", key=key,
        bytes=len(film), seconds=0.5, width=320, height=240, made_at=now, last_frame=still,
        channel=conversation.channel,
    )  # fmt: skip
    await house.storage.clips.add(clip)
    job = Job(
        id=f"J-{name}", conversation=conversation, author=owner, request=VideoRequest(prompt=name), made_at=now,
        changed_at=now, state=State.complete, result=Result(files=(RemoteFile(id="x"),), clips=(clip,)),
    )  # fmt: skip
    await house.storage.jobs.add(job)
    return clip


async def test_an_earlier_film_is_found_by_its_id_or_as_the_last_of_this_conversation(house, tmp_path):
    films = [making.film(tmp_path / f"{n}.mp4", seconds=0.5, size=(320, 200 + 40 * n), sound=None) for n in range(3)]
    older = await finished(house, "older", HERE, ASKER, films[0].read_bytes())
    house.clock.forward(timedelta(minutes=1).total_seconds())
    await finished(house, "newer", HERE, ASKER, films[1].read_bytes())
    bens = await finished(house, "bens", ELSEWHERE, OTHER, films[2].read_bytes())
    sources = [Source(SourceKind.clip, value) for value in ("last", older.id, bens.id, "K-none")]
    taken = await intake(wants(*sources, kind=MediaKind.video), HERE, ASKER, house)
    assert [ref.media.height if ref.media else None for ref in taken.references] == [240, 200, None, None]
    assert said(taken)[2] == [f"The file: There is no clip {bens.id!r} that you can see here. Check its id."]
    shown_there = await intake(wants(Source(SourceKind.clip, bens.id), kind=MediaKind.video), ELSEWHERE, ASKER, house)
    assert shown_there.references[0].media.height == 280
    stranger = await intake(wants(Source(SourceKind.clip, older.id), kind=MediaKind.video), HERE, STRANGER, house)
    assert stranger.references[0].media is None


async def test_a_conversation_without_a_film_says_so(house):
    taken = await intake(wants(Source(SourceKind.clip, "last"), kind=MediaKind.video), HERE, ASKER, house)
    assert said(taken) == [["The file: No film is finished in this conversation yet. Wait for one, or name a clip."]]


async def test_a_film_used_as_a_picture_gives_its_last_frame(house, tmp_path):
    film = making.film(tmp_path / "a.mp4", seconds=0.5, size=(320, 240), sound=None).read_bytes()
    await finished(house, "film", HERE, ASKER, film)
    taken = await intake(wants(Source(SourceKind.clip, "last"), role=Role.first_frame), HERE, ASKER, house)
    assert (taken.references[0].media.mime, taken.references[0].media.height) == ("image/png", 200)


async def test_a_file_of_another_kind_takes_the_place_of_what_it_is(house, board, tmp_path):
    """A GIF that was taken for a film, a link whose ending said nothing: tokens, roles and the prompt move along."""
    gif = upload(board, making.animation(tmp_path / "a.gif", 2))
    film = upload(board, making.film(tmp_path / "b.mp4", seconds=0.5, size=(320, 240)))
    request = wants(gif, film, kind=MediaKind.video, prompt="@Video1 turns into @video2, then @Video9")
    taken = await intake(request, HERE, ASKER, house)
    told = [(ref.token, ref.kind, ref.role) for ref in taken.references]
    assert told == [
        ("@Image1", MediaKind.image, Role.first_frame),
        ("@Video1", MediaKind.video, Role.reference_video),
    ]
    assert taken.prompt == "@Image1 turns into @Video1, then @Video9"
    assert taken.references[0].mends == ("taken as a picture, which it is, not as a film",)
    assert said(taken) == [[], []]
    assert await intake(taken, HERE, ASKER, house) == taken


async def test_a_said_role_stays_and_the_wrong_kind_is_told(house, board, tmp_path):
    film = upload(board, making.film(tmp_path / "b.mp4", seconds=0.5, size=(320, 240)))
    request = wants(film, role=Role.last_frame, role_origin=Origin.said)
    taken = await intake(request, HERE, ASKER, house)
    told = ["Kind of file for the last frame: a film, the limit is a picture. Send a picture for it."]
    assert said(taken) == [told]
    mended, _ = await mend(taken, TOLL, house)
    assert said(mended) == [told]


async def test_no_more_than_three_files_are_brought_at_a_time(house, board, tmp_path):
    source = upload(board, making.picture(tmp_path / "a.png"))
    now, most = 0, 0
    three = asyncio.Event()

    class Slow(Board):
        async def open_attachment(self, attachment):
            nonlocal now, most
            now += 1
            most = max(most, now)
            if now == 3:
                three.set()
            await asyncio.wait_for(three.wait(), 10)
            await asyncio.sleep(0.01)  # a fourth would have come by now
            now -= 1
            yield board.attachments["a.png"]

    house = replace(house, platforms={"board": Slow()})
    await intake(wants(*[source] * 8), HERE, ASKER, house)
    assert most == 3


async def test_an_outage_is_no_problem_of_a_file_and_leaves_nothing_behind(house, board, tmp_path):
    class Broken(Board):
        async def open_attachment(self, attachment):
            yield b"half"
            raise ConnectionError("the chat is down")

    house = replace(house, platforms={"board": Broken()})
    with pytest.raises(ConnectionError):
        await intake(wants(Source(SourceKind.upload, "a"), Source(SourceKind.upload, "b")), HERE, ASKER, house)
    assert leftovers(house) == []


def strict(**limits) -> Model:
    media = MediaLimits(formats=("image/jpeg", "image/png"), max_side=500, alpha=False, **limits)
    rules = ((Role.reference_image, RoleRule(media=media, max_count=2)), (Role.first_frame, RoleRule(media=media)))
    return replace(TOLL, roles=rules)


async def test_mending_makes_a_file_fit_its_model_and_says_how(house, board, tmp_path):
    source = upload(board, making.picture(tmp_path / "a.heic"))
    taken = await intake(wants(source), HERE, ASKER, house)
    mended, refused = await mend(taken, strict(), house)
    (reference,) = mended.references
    assert refused == ()
    assert reference.mends == ("converted from HEIC to JPEG", "scaled from 640 x 480 px to 500 x 375 px")
    assert (reference.media.mime, reference.media.width, reference.problems) == ("image/jpeg", 500, ())
    assert reference.key == asset_key(reference.media.sha256) != taken.references[0].key
    stored = await house.files.stat(reference.key)
    assert stored.bytes == reference.media.bytes
    assert leftovers(house) == []


async def test_mending_a_mended_request_changes_nothing(house, board, tmp_path):
    (tmp_path / "notes.png").write_text("Dear all")
    names = [
        making.picture(tmp_path / "a.heic"),
        making.picture(tmp_path / "b.png", making.scene(100, 80)),
        tmp_path / "notes.png",
    ]
    taken = await intake(wants(*(upload(board, name) for name in names)), HERE, ASKER, house)
    model = strict(min_side=200)
    mended, refused = await mend(taken, model, house)
    assert [len(problems) for problems in said(mended)] == [0, 1, 1]
    assert refused == ("Toll One takes at most 2 reference pictures, and there are 3. Leave out @Image3.",)
    assert await mend(mended, model, house) == (mended, refused)


async def test_what_cannot_be_mended_keeps_all_its_problems_and_its_file(house, board, tmp_path):
    source = upload(board, making.picture(tmp_path / "a.heic", making.scene(1200, 100)))
    taken = await intake(wants(source), HERE, ASKER, house)
    mended, _ = await mend(taken, strict(min_side=200), house)
    (reference,) = mended.references
    assert (reference.key, reference.mends) == (taken.references[0].key, ())
    assert [problem.what for problem in reference.problems] == ["Format", "Picture size"]


async def test_a_role_the_model_does_not_name_keeps_to_the_usual_limits(house, board, tmp_path):
    source = upload(board, making.sound(tmp_path / "a.wav", 1.0))
    taken = await intake(wants(source, kind=MediaKind.audio), HERE, ASKER, house)
    mended, _ = await mend(taken, strict(), house)
    assert said(mended) == [["Length: 1 s, the limit is 2 s to 15 s. Send a longer piece."]]


async def test_a_film_slightly_too_long_is_trimmed_for_a_strict_model(house, board, tmp_path):
    source = upload(board, making.film(tmp_path / "a.mp4", seconds=3.2, size=(320, 240), sound=None))
    taken = await intake(wants(source, kind=MediaKind.video), HERE, ASKER, house)
    rule = RoleRule(media=MediaLimits(formats=("video/mp4",), max_seconds=3))
    mended, _ = await mend(taken, replace(TOLL, roles=((Role.reference_video, rule),)), house)
    assert mended.references[0].mends == ("trimmed from 3.2 s to 3 s",)
    assert said(mended) == [[]]
