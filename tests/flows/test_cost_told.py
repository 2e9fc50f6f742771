"""What the last card says that a film cost is what the books say."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from bot.domain.job import ProviderTask
from bot.domain.ledger import spent
from bot.ports.video import Finished, Progress
from tests.fakes import Tollbooth


@dataclass
class Dear(Tollbooth):
    """Reports what each film cost."""

    usd: Decimal = Decimal("0.90")

    async def poll(self, task: ProviderTask) -> Progress:
        progress = await super().poll(task)
        return replace(progress, usd=self.usd) if isinstance(progress, Finished) else progress


async def told(stage, job):
    """The row of the cost, and what the books say."""
    await stage.show()
    calls = await stage.house.storage.jobs.find(batch=job.id) or [job]
    books = [spent(await stage.house.storage.ledger.of_job(call.id)) for call in calls]
    return {field.name: field.value for field in stage.board.posts[job.card_id][-1].fields}["Cost"], sum(books)


@pytest.mark.parametrize(
    ("usd", "wish", "row", "cost"),
    [
        ("0.90", "A fox crosses the lake", "90.00 credits, where the price was 50.00 credits", 90),
        ("0.90", "A fox crosses the lake, 2 variations", "180.00 credits, where the price was 100.00 credits", 180),
        ("0.30", "A fox crosses the lake", "30.00 credits", 30),
    ],
    ids=["more", "more for each of several", "less"],
)
async def test_what_the_provider_reports_is_charged_and_told_beside_a_lower_price(stage, usd, wish, row, cost):
    stage.house = replace(stage.house, providers={"tollbooth": Dear(usd=Decimal(usd))})
    job = await stage.ask(wish)
    await stage.press(job.id, "confirm")
    await stage.run()
    assert await told(stage, job) == (row, cost)


async def test_a_call_that_was_lost_and_made_again_is_told_with_its_cost(stage):
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before", "ok"]
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    await stage.press(job.id, "submit_again")
    await stage.run()
    assert await told(stage, job) == ("100.00 credits, where the price was 50.00 credits", 100)
