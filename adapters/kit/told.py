"""What is told of calls to a provider: how many, how long, how they ended. Never an address, as some carry a signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.domain.errors import ProviderError, RateLimited
from bot.ports.watch import Step, Watch

_STEP: ContextVar[Step | None] = ContextVar("step", default=None)


class Told:
    def __init__(self, provider: str, watch: Watch) -> None:
        self._provider, self._watch = provider, watch

    @contextmanager
    def step(self, call: str) -> Iterator[None]:
        """`call` is ask, pay, save or stream."""
        try:
            with self._watch.step("provider", provider=self._provider, call=call) as step:
                token = _STEP.set(step)
                try:
                    yield
                finally:
                    _STEP.reset(token)
        except ProviderError as error:
            self._watch.count("provider_errors", provider=self._provider, call=call, error=type(error).__name__)
            if isinstance(error, RateLimited) and error.retry_after:
                self._watch.count("provider_patience", error.retry_after, provider=self._provider)
            raise

    def came(self, method: str, status: int) -> None:
        """An answer, whatever is in it; of a call that leads on, each."""
        self._watch.count("provider_calls", provider=self._provider, method=method, status=str(status))
        if (step := _STEP.get()) is not None:
            step.note(method=method, status=str(status))
