"""Numbers for Prometheus, counted here and handed out when they are asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.watch.prometheus.meters import Meters
    from bot.ports.parts import Parts


def create(parts: "Parts") -> "Meters":
    """`parts.folder` lies on the disk whose room is told; `settings["drive"]` is the Drive's folder, where it is one."""
    from adapters.watch.prometheus.meters import Meters  # noqa: PLC0415 - its library is loaded where somebody may ask

    drive = parts.settings.get("drive", "")
    return Meters({"data": str(parts.folder)} | ({"drive": drive} if drive else {}))
