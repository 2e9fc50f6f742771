"""Files for VideoGen: sent in three steps, once, and named where they cannot be used."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import (
    InvalidInput,
    Unavailable,
)
from bot.domain.media import Role
from bot.domain.request import Reference
from tests.adapters.video.videogen.server_videogen import KEY
from tests.adapters.video.videogen.stand_videogen import VideoGenStand
from tests.shelf import film as a_film
from tests.shelf import picture, sound
from tests.vendor import film


def on_shelf(stand: VideoGenStand, reference: Reference, content: bytes = b"bytes") -> Reference:
    key = reference.token.lstrip("@").lower()
    (stand.folder / key).write_bytes(content)
    return replace(reference, key=key)


async def test_files_go_out_in_three_steps_and_once(stand: VideoGenStand) -> None:
    stand.vendor.looks = 2
    given = [
        on_shelf(stand, picture("@Image1", Role.first_frame), b"first"),
        on_shelf(stand, picture("@Image2"), b"second"),
        on_shelf(stand, a_film("@Video1"), film()),
        on_shelf(stand, sound("@Audio1"), b"sound"),
    ]
    await stand.provider.submit(stand.order("J-ONE-1", *given))
    bytes_there = {one.id: one.content for one in stand.vendor.stored.values()}
    body = stand.vendor.calls("create")[0].body
    sent = [body["startFrameFileId"], *body["imageFileIds"], *body["videoFileIds"], *body["audioFileIds"]]
    assert [bytes_there[id] for id in sent] == [b"first", b"second", film(), b"sound"]
    assert not any(KEY in str(seen.headers) for seen in stand.vendor.calls("put"))
    assert stand.vendor.complaints == []
    await stand.another().submit(stand.order("J-TWO-1", *given))
    again = stand.vendor.calls("create")[1].body
    assert again == body
    assert len(stand.vendor.calls("upload")) == len(stand.vendor.calls("put")) == 4


async def test_another_file_under_the_same_name_is_sent_anew(stand: VideoGenStand) -> None:
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    for sha256 in ("aa", "bb", "aa"):
        assert one.media
        given = replace(one, media=replace(one.media, sha256=sha256))
        await stand.provider.submit(stand.order(f"J-{sha256}-{len(stand.vendor.started)}", given))
    assert len(stand.vendor.calls("upload")) == 2


async def test_a_file_that_videogen_kept_no_longer_is_sent_again(stand: VideoGenStand) -> None:
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    await stand.provider.submit(stand.order("J-ONE-1", one))
    stand.vendor.stored.clear()
    await stand.provider.submit(stand.order("J-TWO-1", one))
    assert len(stand.vendor.started) == 2
    assert len(stand.vendor.calls("put")) == 2


async def test_a_file_is_believed_to_be_there_for_less_than_the_day_that_videogen_keeps_it(
    stand: VideoGenStand,
) -> None:
    await stand.provider.submit(stand.order("J-ONE-1", on_shelf(stand, picture("@Image1", Role.first_frame))))
    (until,) = (until for key, until in stand.notebook.kept.items() if key.startswith("videogen:file:"))
    assert timedelta() < until - stand.clock.now() < timedelta(days=1)


async def test_a_file_that_is_not_ready_yet_starts_nothing_and_is_not_sent_again(stand: VideoGenStand) -> None:
    stand.vendor.looks = 5
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    with pytest.raises(Unavailable, match="still busy with a file"):
        await stand.provider.submit(stand.order("J-ONE-1", one))
    assert stand.vendor.calls("create") == []
    await stand.provider.submit(stand.order("J-ONE-1", one))
    assert len(stand.vendor.calls("put")) == len(stand.vendor.started) == 1


async def test_a_file_that_cannot_be_read_is_named(stand: VideoGenStand) -> None:
    stand.vendor.spoilt = True
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    with pytest.raises(InvalidInput) as told:
        await stand.provider.submit(stand.order("J-ONE-1", one))
    assert (told.value.reference, told.value.message) == ("@Image1", "it cannot read a file")
    stand.vendor.spoilt = False
    await stand.provider.submit(stand.order("J-ONE-1", one))
    assert len(stand.vendor.calls("put")) == 2


async def test_a_file_that_is_gone_from_the_drive_is_named(stand: VideoGenStand) -> None:
    with pytest.raises(InvalidInput, match="no longer on the Drive") as told:
        await stand.provider.submit(stand.order("J-ONE-1", replace(picture("@Image1"), key="gone")))
    assert told.value.reference == "@Image1"
    assert stand.vendor.calls("create") == []


async def test_nothing_is_sent_of_an_order_that_cannot_be_said(stand: VideoGenStand) -> None:
    order = stand.order("J-ONE-1", on_shelf(stand, picture("@Image1", Role.first_frame)))
    with pytest.raises(InvalidInput, match="its setting quality"):
        await stand.provider.submit(replace(order, model=replace(order.model, wire=(("quality", "ULTRA"),))))
    assert stand.vendor.seen == []
