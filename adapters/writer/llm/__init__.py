"""A language model at any endpoint that speaks OpenAI's chat completions."""

from bot.domain.errors import BadSettings
from bot.ports.parts import Parts
from bot.ports.writer import Writer


def create(parts: Parts) -> Writer:
    """Raises BadSettings where the optional packages are not installed."""
    try:
        from adapters.writer.llm.model import Llm  # noqa: PLC0415 - its library takes a second: only who has set one pays
    except ModuleNotFoundError as error:
        raise BadSettings(
            "CLAPPER_LLM_MODEL is set, and the packages that speak to a language model are not installed: "
            "run pip install 'clapper[llm]', or unset the CLAPPER_LLM_ variables."
        ) from error
    return Llm(parts)
