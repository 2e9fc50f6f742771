"""Tasks as Model Studio keeps and tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

STATES = {
    "queued": "PENDING",
    "running": "RUNNING",
    "finished": "SUCCEEDED",
    "refused": "FAILED",
    "failed": "FAILED",
    "paused": "HIBERNATING",
}
FAILURES = {
    "refused": ("DataInspectionFailed", "Output data may contain inappropriate content."),
    "failed": ("InternalError", "The request processing has failed due to some unknown error."),
}


@dataclass
class Made:
    """A task as it is kept for 24 hours."""

    id: str
    model: str
    prompt: str | None
    parameters: Mapping[str, Any]
    at: datetime
    taken: float = 0.0
    status: str = "PENDING"
    code: str = ""
    message: str = ""


def listed(made: Made) -> Mapping[str, Any]:
    return {
        "api_key_id": "15",
        "gmt_create": int(made.at.timestamp() * 1000),
        "model_name": made.model,
        "region": "ap-southeast-1",
        "request_id": str(uuid4()),
        "status": made.status,
        "task_id": made.id,
    }


def usage(made: Made) -> Mapping[str, Any]:
    made_seconds = made.parameters.get("duration", 5)
    made_seconds = made.taken if made_seconds == 0 else 5 if made_seconds == -1 else made_seconds
    return {
        "duration": float(made.taken + made_seconds),
        "input_video_duration": made.taken,
        "output_video_duration": made_seconds,
        "video_count": 1,
        "SR": int(str(made.parameters.get("resolution", "720P"))[:-1]),
    }
