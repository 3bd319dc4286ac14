"""Whether a running service can do its work, for /readyz."""

from libs.events.engine.instance import Instance
from libs.events.engine.runtime import Runtime

FAILED_IN_A_ROW_MAX = 100
"""When more keys than this are set aside and none goes well in between, the fault is ours: not ready, but reading goes on."""


async def wrong(instance: Instance, runtime: Runtime) -> str | None:
    """Return what is wrong: a step that fails, or a partition that is stopped. Raise when the database does not answer."""
    if runtime.failures:
        return "failing: " + "; ".join(runtime.failures.values())
    if stopped := instance.leases.stopped():
        return "stopped: " + "; ".join(stopped)
    if instance.reader.failed_in_a_row > FAILED_IN_A_ROW_MAX:
        return f"failing: {instance.reader.failed_in_a_row} keys were set aside one after the other and none went well"
    await instance.clock.ask(instance.store.now)
    if full := await instance.store.shortage():
        return f"no room: the last write failed. {full}"
    return instance.leases.wrong_clock() or None
