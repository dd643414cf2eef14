"""One target judged: its prompt, the calls with their retries and what they cost, and the verdict. Knows nothing of the server."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sightline.judge import evaluators
from sightline.judge.backlog import Version
from sightline.judge.definition import Model, Prices
from sightline.judge.material import Material
from sightline.judge.pricing import most_usd
from sightline.judge.prompt import BadVerdictError, Prompt, prompt, read_verdict, together
from sightline.judge.verdict import Verdict
from sightline.judge.worker.breaker import Breaker
from sightline.judge.worker.models import Answer, CallError, Models

TRIES = 4
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was made, for its trace. `usd` is what it counts for."""

    model: Model
    prompt: Prompt
    answer: Answer | None
    error: str | None
    start_ns: int
    end_ns: int
    usd: float


@dataclass
class Judged:
    """What came of a target. `usd`: spent at the most; calls whose usage nobody told count with all that they may have cost."""

    verdict: Verdict | None = None
    error: str | None = None
    skipped: bool = False
    endpoint_down: bool = False
    usd: float = 0.0
    calls: list[Call] = field(default_factory=list)


class Judging:
    """Asks models for verdicts. `reserve(usd)` says whether there is money for one more call than was reserved."""

    def __init__(self, models: Models, clock_ns: Callable[[], int]) -> None:
        self._models = models
        self._clock_ns = clock_ns
        self._breakers: dict[str, Breaker] = {}

    def breaker(self, model: Model) -> Breaker:
        """That of its endpoint and model."""
        return self._breakers.setdefault(f"{model.endpoint} {model.model}", Breaker())

    async def judge(
        self,
        of: Version,
        prices: Sequence[Prices | None],
        found: Material,
        *,
        reserve: Callable[[float], Awaitable[bool]],
    ) -> Judged:
        """The verdict on a target, or why there is none. Raises nothing but for its cancellation."""
        definition = of.definition
        if definition.evaluator is not None:
            return await self._run_code(of, found)
        if not (found.answer or found.tools or found.conversation or found.documents or found.tool_name):
            return Judged(skipped=True)
        asked = await asyncio.gather(
            *(self._ask(of, model, price, found, reserve) for model, price in zip(definition.models, prices, strict=True))
        )
        judged = Judged(usd=sum(one.usd for one in asked), calls=[call for one in asked for call in one.calls])
        failed = [one for one in asked if one.verdict is None]
        if failed:
            judged.error, judged.endpoint_down = failed[0].error, all(one.endpoint_down for one in failed)
        else:
            verdicts = [one.verdict for one in asked if one.verdict is not None]
            judged.verdict = together(definition.output, verdicts) if definition.jury else verdicts[0]
        return judged

    async def _run_code(self, of: Version, found: Material) -> Judged:
        code = of.definition.evaluator
        assert code is not None
        try:
            verdict = await asyncio.to_thread(evaluators.evaluate, code.name, code.options, found)
        except Exception as error:
            return Judged(error=f"{code.name}: {type(error).__name__}: {error}"[:1_000])
        return Judged(verdict=verdict, skipped=verdict is None)

    async def _ask(
        self, of: Version, model: Model, price: Prices | None, found: Material, reserve: Callable[[float], Awaitable[bool]]
    ) -> Judged:
        definition, done, breaker = of.definition, Judged(), self.breaker(model)
        most = most_usd(definition, price)
        for number in range(1, TRIES + 1):
            # made anew for each call: a fence that was seen once is no fence
            asked = prompt(definition, found)
            await breaker.enter()
            began = self._clock_ns()
            try:
                answer = await self._models.ask(model, asked, definition)
                usd = _usd(answer, price, most)
                done.usd += usd
                breaker.succeeded()
                try:
                    done.verdict = read_verdict(definition, answer.text)
                except BadVerdictError as error:
                    done.error, retry, charged, after = f"no verdict: {error}", True, True, None
                    done.calls.append(Call(model, asked, answer, done.error, began, self._clock_ns(), usd))
                else:
                    done.calls.append(Call(model, asked, answer, None, began, self._clock_ns(), usd))
                    done.error, done.endpoint_down = None, False
                    return done
            except CallError as error:
                usd = most if error.charged else 0.0
                done.usd += usd
                done.error, done.endpoint_down, retry, charged, after = str(error), error.down, error.retry, error.charged, error.after_s
                done.calls.append(Call(model, asked, None, str(error), began, self._clock_ns(), usd))
                if error.down:
                    breaker.failed()
            if not retry or number == TRIES:
                return done
            if charged and most > 0 and not await reserve(most):
                done.error = f"{done.error}; and the day's budget has no room for another call"
                return done
            await asyncio.sleep(_pause_s(number, after))
        return done


def _usd(answer: Answer, price: Prices | None, most: float) -> float:
    if price is None:
        return 0.0
    if answer.input_tokens is None or answer.output_tokens is None:
        return most
    return (answer.input_tokens * price.input_usd + answer.output_tokens * price.output_usd) / 1_000_000


def _pause_s(number: int, after_s: float | None) -> float:
    """Before the next try: doubled with each, at least what the endpoint asks for, spread so that not all come back at once."""
    pause: float = min(max(_FIRST_PAUSE_S * 2.0 ** (number - 1), after_s or 0.0), _LONGEST_PAUSE_S)
    return pause * random.uniform(0.5 if after_s is None else 1.0, 1.5)  # noqa: S311
