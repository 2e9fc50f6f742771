"""The program is killed in the middle, while Slack is told something: one card, one film, nothing twice."""

import pytest

from tests.e2e.programs import small_film
from tests.e2e.slack import ASKER, GENERAL, PRICE, READY, films, pictures, studio


@pytest.fixture
async def here(tmp_path):
    async with studio(tmp_path, small_film()) as one:
        await one.start()
        yield one
        one.check()


async def test_killed_wherever_it_talks_to_slack_there_is_one_card_and_one_film(here):
    slack, toll = here.slack, here.toll

    # Heard and acknowledged; its card is just being posted, and the answer finds nobody.
    posting = slack.hold("chat.postMessage")
    said = await here.wish()
    await posting.arrived.wait()
    await here.kill()
    posting.release()
    await slack.until(lambda: slack.posts(GENERAL, thread=said.thread))
    await here.start()
    card = await here.card(said.thread, PRICE)

    # Confirmed: the press is acknowledged, and nothing else is done yet.
    await slack.press(card, "Confirm", ASKER)
    await here.restart()
    await here.film(said.thread)
    assert await here.card(said.thread, READY) is card

    # Rendering. The old card's button works on the new process.
    toll.running = True
    card = await here.priced()
    await slack.press(card, "Confirm", ASKER)
    await here.card(card.thread, "Rendering")
    await here.restart()
    toll.running = False
    await here.film(card.thread)
    await here.card(card.thread, READY)

    # The film's bytes are on their way; then they are all there, and it is just being shown.
    for method in ("upload", "files.completeUploadExternal"):
        await slack.until(lambda card=card: pictures(card))  # the poster before is there: what is held is the film
        holding = slack.hold(method)
        card = await here.priced()
        await slack.press(card, "Confirm", ASKER)
        await holding.arrived.wait()
        await here.kill()
        holding.release()
        await here.start()
        await here.film(card.thread)
        assert await here.card(card.thread, READY) is card

    for thread in {one.thread for one in slack.posts(GENERAL)}:
        assert len(films(slack, thread)) == 1
        assert len(slack.posts(GENERAL, thread=thread)) == 2
    assert len(toll.paid) == 4
