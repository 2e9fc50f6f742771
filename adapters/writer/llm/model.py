"""Speaks to the language model through pydantic-ai: answers are data of one shape, checked, and asked for once more where they are not."""

from collections.abc import AsyncIterator
from typing import TypeVar

import httpx2
from openai import AsyncOpenAI, OpenAIError
from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, TextOutput, ToolOutput
from pydantic_ai.exceptions import AgentRunError, UnexpectedModelBehavior, UsageLimitExceeded
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from adapters.writer.llm.wire import SCENE, SETTINGS, Answer, SceneTold, SettingsTold, brief_told, request_told
from bot.domain.cinema import Brief, Scene, rules
from bot.domain.errors import InvalidInput, Unavailable
from bot.ports.parts import Parts

A = TypeVar("A", bound=Answer)

SECONDS = 20.0
MOST_TOKENS = 2000
MOST_ANSWER = 1024 * 1024
RETRIES = 1


class Llm:
    def __init__(self, parts: Parts) -> None:
        given = parts.settings
        self._http = httpx2.AsyncClient(transport=_Bounded(), timeout=SECONDS, follow_redirects=False)
        client = AsyncOpenAI(
            base_url=given["base_url"], api_key=given["api_key"], http_client=self._http, max_retries=0, timeout=SECONDS
        )
        settings = ModelSettings(max_tokens=MOST_TOKENS)
        self._model = OpenAIChatModel(given["model"], provider=OpenAIProvider(openai_client=client), settings=settings)

    async def scene(self, brief: Brief) -> Scene:
        agent = self._agent(SceneTold, SCENE)

        @agent.output_validator
        def check(told: SceneTold) -> SceneTold:
            if problems := rules(told.scene(brief), brief):
                raise ModelRetry("\n".join(problems))
            return told

        return (await self._asked(agent, brief_told(brief), RETRIES + 1)).scene(brief)

    async def settings(self, text: str) -> str:
        return (await self._asked(self._agent(SettingsTold, SETTINGS), request_told(text), 1)).flags()

    async def aclose(self) -> None:
        await self._http.aclose()

    def _agent(self, shape: type[A], instructions: str) -> Agent[None, A]:
        """Answers by a tool call, or by the same JSON as plain text: smaller models know no tools."""

        def read(text: str) -> A:
            start, end = text.find("{"), text.rfind("}")
            try:
                return shape.model_validate_json(text[start : end + 1] if start >= 0 else text)
            except ValidationError as error:
                raise ModelRetry("Answer with the JSON object alone.") from error

        output = [ToolOutput(shape, name="answer"), TextOutput(read)]
        return Agent(self._model, output_type=output, instructions=instructions, retries=RETRIES, deps_type=type(None))

    async def _asked(self, agent: Agent[None, A], told: str, requests: int) -> A:
        """Raises Unavailable or InvalidInput; the message never holds what was said."""
        limits = UsageLimits(request_limit=requests, output_tokens_limit=MOST_TOKENS * requests)
        try:
            return (await agent.run(told, usage_limits=limits)).output
        except (UnexpectedModelBehavior, UsageLimitExceeded) as error:
            raise InvalidInput(f"the language model gave no answer of use: {type(error).__name__}") from error
        except (AgentRunError, OpenAIError, httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"the language model did not answer: {type(error).__name__}") from error
        except Exception as error:  # what an answer that is none breaks in a library is not ours to list
            raise InvalidInput(f"the language model's answer was not read: {type(error).__name__}") from error


class _Bounded(httpx2.AsyncHTTPTransport):
    """Reads no more of an answer than one may have: a server without an end would fill the memory."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        response.stream = _Cut(response.stream)  # pyright: ignore[reportArgumentType] - an asynchronous transport has such a stream
        return response


class _Cut(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._stream:
            read += len(piece)
            if read > MOST_ANSWER:
                raise httpx2.ReadError(f"an answer of more than {MOST_ANSWER} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
