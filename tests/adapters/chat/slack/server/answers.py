"""What an app may acknowledge with: a command's words, a modal's errors or its next view."""

from typing import TYPE_CHECKING, Any

from tests.adapters.chat.slack.server.forms import elements
from tests.adapters.chat.slack.server.methods_views import keep_view
from tests.adapters.chat.slack.server.world import Workspace
from tests.adapters.chat.slack.validator import check_message, check_view
from tests.adapters.chat.slack.validator_elements import GROUP, OPTION
from tests.adapters.chat.slack.validator_text import Found, many, shape

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack

SAID = {"text", "blocks", "attachments", "response_type", "unfurl_links", "unfurl_media"}


def take(slack: "Slack", workspace: Workspace, payload: dict[str, Any], answer: Any) -> None:
    """Checks what came with an acknowledgement and does it; what Slack would refuse is a violation."""
    if not answer:
        return
    found = Found(files=lambda file: slack.readiness(workspace, file))
    if "command" in payload:
        _command(answer, found)
    elif payload.get("type") == "view_submission":
        _submission(slack, workspace, payload["view"], answer, found)
    elif payload.get("type") == "block_suggestion":
        shape({}, {"options": many(OPTION, least=0, most=100), "option_groups": many(GROUP, most=100)})(
            answer, "", found
        )
    elif payload.get("type") == "view_closed":
        found.add("/", "nothing can be answered to a view that is closed")
    slack.violations += [f"acknowledgement: {one}" for one in found.problems + found.waiting]


def _command(answer: Any, found: Found) -> None:
    for name in answer.keys() - SAID:
        found.add(f"/{name}", "unknown key")
    if answer.get("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
        found.add("/response_type", "must be ephemeral or in_channel")
    check_message(answer, found)


def _submission(slack: "Slack", workspace: Workspace, view: dict[str, Any], answer: Any, found: Found) -> None:
    user = workspace.views[view["id"]].user if view["id"] in workspace.views else ""
    match answer.get("response_action"):
        case "clear":
            for one in [one for one in workspace.views.values() if one.user == user]:
                workspace.views.pop(one.id)
        case "errors":
            _errors(view, answer.get("errors"), found)
        case "update" | "push" as action:
            check_view(answer.get("view"), found)
            if not found.problems:
                over = workspace.views.get(view["id"]) if action == "update" else None
                keep_view(slack, workspace, user, answer["view"], over=over, previous="" if over else view["id"])
        case other:
            found.add("/response_action", f"must be clear, errors, push or update, is {other!r}")


def _errors(view: dict[str, Any], errors: Any, found: Found) -> None:
    """Each error stands at an input block."""
    inputs = {block for block, _ in elements([one for one in view["blocks"] if one["type"] == "input"])}
    if not isinstance(errors, dict) or not errors:
        found.add("/errors", "must be an object with an error for each block_id")
        return
    for block, words in errors.items():
        if block not in inputs:
            found.add(f"/errors/{block}", "is no input block of this view")
        if not isinstance(words, str) or not words:
            found.add(f"/errors/{block}", "must be words")
