"""What a finished H3 task cost: its reported use at the rates it was quoted by, which go with the task."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from pydantic import BaseModel

from adapters.kit.aside import Aside
from bot.domain.media import Role
from bot.domain.pricing import PriceUnit
from bot.ports.video import Order


class Usage(BaseModel):
    """As the documents have it: seconds given in and made, and every picture counted, frames too. Empty where there is nothing to report."""

    total_seconds: Aside[Decimal] = None
    input_seconds: Aside[Decimal] = None
    output_seconds: Aside[Decimal] = None
    input_image_count: Aside[int] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Dollars a second of film made, a second of film given in, and a picture past the free ones."""

    made: Decimal
    given: Decimal
    free_images: int
    image: Decimal

    @classmethod
    def of(cls, order: Order) -> Self | None:
        """None where the model is not paid by the second at a rate that is known."""
        price, settings = order.model.price, order.request.settings
        assert settings.seconds is not None
        facts = {
            "resolution": settings.resolution.value if settings.resolution else None,
            "audio": bool(settings.audio and settings.audio.value),
            "seconds": settings.seconds.value,
            "video_in": bool(order.request.of_role(Role.reference_video)),
        }
        made, given = price.rate(**facts), price.input_rate(**facts)
        if price.unit is not PriceUnit.second or made is None or given is None:
            return None
        return cls(
            made=made.usd,
            given=given.usd if price.input_seconds else Decimal(0),
            free_images=price.free_images,
            image=price.usd_per_image,
        )

    @classmethod
    def read(cls, rates: Sequence[str]) -> Self:
        """From what `rates` gave."""
        made, given, images, image = rates
        return cls(made=Decimal(made), given=Decimal(given), free_images=int(images), image=Decimal(image))

    @property
    def rates(self) -> tuple[str, ...]:
        return str(self.made), str(self.given), str(self.free_images), str(self.image)

    def usd(self, usage: Usage) -> Decimal | None:
        """None where no seconds are reported: the quote stands then."""
        given = usage.input_seconds or Decimal(0)
        seconds = usage.output_seconds
        if seconds is None:
            if usage.total_seconds is None:
                return None
            seconds = usage.total_seconds - given
        pictures = max(0, (usage.input_image_count or 0) - self.free_images)
        return self.made * seconds + self.given * given + self.image * pictures
