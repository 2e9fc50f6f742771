"""Every number there is: its name at Prometheus, what it says, its labels.

Keyed by the names that the code tells them under. What is of this process alone must be summed over replicas; what is asked of the
database is the same at each, so that only its maximum means anything (`OF_THE_DATABASE`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
WORK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)
FILMS = (1.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 3600.0, 4 * 3600.0, 24 * 3600.0)
HTTP = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Family:
    """A histogram where it has buckets, a counter otherwise (whose name Prometheus ends with `_total`).

    `known` are values of the labels that are there from the start, as 0: Prometheus takes a number that appears as 1 for one that never rose.
    """

    name: str
    says: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    known: tuple[tuple[str, ...], ...] = ()


STEPS: Mapping[str, Family] = {
    "receive": Family(
        "clapper_receive_seconds", "Saving an event, right before it is acknowledged", ("platform", "kind"), QUICK
    ),
    "event": Family("clapper_event_seconds", "Working on an event that was saved", ("platform", "kind"), WORK),
    "job": Family("clapper_job_step_seconds", "One step of a job, by the state it was in", ("state", "provider"), WORK),
    "card": Family("clapper_card_seconds", "Bringing a chat to a card", ("platform", "kind"), WORK),
    "show": Family("clapper_chat_seconds", "A chat taking a card, by what was asked of it", ("platform", "kind"), WORK),
    "provider": Family("clapper_provider_seconds", "One call to a provider", ("provider", "call"), WORK),
    "media": Family("clapper_media_seconds", "Work on a media file, its wait for a worker included", ("work",), WORK),
    "sweep": Family("clapper_sweep_seconds", "One clearing up of what nobody needs any more", (), WORK),
    "database": Family("clapper_database_seconds", "One transaction, its wait for a thread included", ("kind",), QUICK),
}
"""Told by `step`: each has the label `outcome` besides, `ok` or the class of what was raised."""

TIMES: Mapping[str, Family] = {
    "http": Family("clapper_http_seconds", "Time to the first byte of an answer", ("route",), HTTP),
    "media_wait": Family("clapper_media_wait_seconds", "Waiting for a worker of media work", ("work",), WORK),
    "database_wait": Family("clapper_database_wait_seconds", "Waiting for a thread of the database", ("kind",), QUICK),
    "loop": Family("clapper_loop_lag_seconds", "How much later than asked the event loop came back", (), QUICK),
    "job_wait": Family("clapper_job_wait_seconds", "From a yes to the paid call", ("provider",), FILMS),
    "job_whole": Family("clapper_job_seconds", "From a yes to the job's end", ("provider", "state"), FILMS),
}
"""Told by `took`."""

COUNTS: Mapping[str, Family] = {
    "http": Family("clapper_http_requests", "Requests answered", ("method", "route", "status")),
    "received": Family("clapper_events_received", "Events that came in, again ones left out", ("platform", "kind")),
    "again": Family("clapper_events_again", "Events that were there already", ("platform", "kind")),
    "moves": Family("clapper_job_moves", "Jobs that entered a state", ("state", "provider")),
    "credits": Family("clapper_credits", "Credits in the books, by the kind of entry", ("kind", "provider")),
    "over_budget": Family("clapper_over_budget", "A yes that no budget had room for", ("provider",)),
    "races": Family("clapper_races", "Somebody else was faster, and nothing was saved", ("what",), known=(("job",),)),
    "taken_over": Family(
        "clapper_taken_over", "Work that another process had begun and left", ("what",), known=(("event",), ("job",))
    ),
    "broken": Family(
        "clapper_broken",
        "Bugs, and what could not be done for reasons nobody expected",
        ("where",),
        known=(("event",), ("job",), ("card",)),
    ),
    "provider_calls": Family("clapper_provider_calls", "Answers of providers", ("provider", "method", "status")),
    "provider_errors": Family("clapper_provider_errors", "Calls that ended badly", ("provider", "call", "error")),
    "provider_patience": Family(
        "clapper_provider_patience_seconds", "Seconds that providers asked to be left alone for", ("provider",)
    ),
    "pauses": Family("clapper_line_pauses", "Lines held up because a provider asked for patience", ("provider",)),
    "pause_seconds": Family("clapper_line_pause_seconds", "For how long they were held up", ("provider",)),
    "stored_bytes": Family("clapper_stored_bytes", "Bytes kept on the Drive", ("where",)),
    "stored_files": Family("clapper_stored_files", "Files kept on the Drive", ("where",)),
    "books_unbalanced": Family("clapper_books_unbalanced", "Jobs whose books a self-check found wrong"),
}
"""Told by `count`."""

OF_THE_DATABASE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "clapper_jobs": ("Jobs by state", ("state",)),
    "clapper_queue_jobs": ("Confirmed jobs that were not sent yet", ("provider", "line")),
    "clapper_queue_oldest_seconds": ("How long ago the first of them was confirmed", ("provider", "line")),
    "clapper_due_jobs": ("Jobs whose next step could be made and which nobody took", ()),
    "clapper_due_lag_seconds": ("For how long the first of them has been due", ()),
    "clapper_events_waiting": ("Events that were saved and not worked on to the end", ("platform",)),
    "clapper_events_oldest_seconds": ("How long ago the first of them came in", ("platform",)),
    "clapper_cards_behind": ("Cards that show less than they should", ("platform",)),
    "clapper_cards_oldest_seconds": ("For how long the first of them has", ("platform",)),
}

OF_THE_PROCESS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "clapper_database_up": ("1 while the database answers", ()),
    "clapper_ready": ("1 while this process can serve: its database answers and its pollers turn", ()),
    "clapper_disk_free_bytes": ("Room on a disk that Clapper writes to", ("place",)),
    "clapper_disk_bytes": ("The size of that disk", ("place",)),
    "clapper_build": ("Always 1, with the version that runs", ("version",)),
}
"""Looked up when the page is asked for."""
