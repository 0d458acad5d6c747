"""What was made slow on purpose goes on when its time is over, whoever sees to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandboxctl.console import faults
from sandboxctl.console.doing import PATIENCE
from sandboxctl.console.job import Job
from sandboxctl.console.reach import Reach
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.execute import execute

log = logging.getLogger(__name__)


@dataclass
class Slowed:
    """``look`` is called after something went on."""

    reach: Reach
    look: Callable[[], None]
    _later: set[threading.Timer] = field(default_factory=set)

    def go_on_later(self, job: Job) -> None:
        """After the seconds that a job asked for, counted from when it was done; nothing where it
        made nothing slow. A job of an earlier console may be over for long: then at once."""
        if job.verb != "fault" or job.args.get("kind") != "slow":
            return
        now = datetime.now(UTC)
        end = (job.ended or now) + timedelta(seconds=faults.seconds(job.args))
        left = max(0.0, (end - now).total_seconds())
        timer = threading.Timer(left, lambda: self._go_on(job, timer))
        timer.daemon = True
        self._later.add(timer)
        timer.start()

    def end(self) -> None:
        """What stands still now is seen to by the next console."""
        for timer in list(self._later):
            timer.cancel()

    def _go_on(self, job: Job, timer: threading.Timer) -> None:
        self._later.discard(timer)
        try:
            with self.reach.engine() as engine, engine.lock(job.sandbox, patience=PATIENCE):
                observed = engine.observe(job.sandbox)
                if observed.record is None:
                    return
                recipe = engine.recipe(observed.record.recipe)
                plan = faults.plan_on(observed, recipe, job.before, str(job.args["service"]))
                execute(plan, engine, tell=lambda _: None)
        except SandboxError as error:
            log.warning("what %s made slow stands still: %s", job.reference, error)
        self.look()
