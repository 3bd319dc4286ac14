"""Throwing aiokafka's clients away: at once, completely, and whatever state a lost broker left them in.

Their own stop() may wait for the broker for ever (the producer), or end in the cancellation of one of its inner tasks
as if we had been cancelled (the consumer). So what must end is ended here by name.
"""

import asyncio
from collections.abc import Coroutine
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

CLOSE_SECONDS_MAX = 2.0


async def discard_producer(producer: AIOKafkaProducer) -> None:
    """End the producer; what it has not sent yet it never will."""
    producer._closed = True
    sender, task = producer._sender, producer._sender.sender_task
    if task is not None:
        task.remove_done_callback(sender._fail_all)
        task.add_done_callback(_ignore)
        task.cancel()
    waiting = producer._message_accumulator
    batches = [*chain.from_iterable(waiting._batches.values()), *waiting._pending_batches]
    waiting.fail_all(KafkaError("this producer was given up"))
    for batch in batches:
        for waiter in (batch.future, batch._drain_waiter):
            _ignore(waiter)  # or Python reports at some later time that nobody asked why
    await _within(producer.client.close())


async def discard_consumer(consumer: AIOKafkaConsumer) -> None:
    """End the consumer and its connections."""
    await _within(consumer.stop())
    await _within(consumer._client.close())


async def _within(closing: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(closing)
    task.add_done_callback(_ignore)
    await asyncio.wait({task}, timeout=CLOSE_SECONDS_MAX)
    task.cancel()


def _ignore(task: "asyncio.Future[None]") -> None:
    if not task.cancelled():
        task.exception()
