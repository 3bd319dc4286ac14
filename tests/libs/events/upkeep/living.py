"""A toy desk that has lived a little, in memory."""

from tests.libs.events.kernel import SAME, Kernel, at, contact, entered, registered


async def lived(kernel):
    """Live a little: own and heard facts, one of them late, alarms fired."""
    one = await kernel.open()
    await kernel.say(registered(0), registered(0, SAME[1], "web"), contact(9, "mail"))
    await kernel.put_all(one)
    await kernel.put(entered(5, "n1"), seq=0)
    await kernel.put(entered(6, "n2", SAME[1]), seq=1)
    await one.read(wait=0)
    kernel.clock.at = at(3 * 24 * 60)
    while await one.tick() + await one.send() + await one.read(wait=0):
        pass
    return one


class Lived(Kernel):
    """A toy desk whose instance can send all that waits."""

    async def put_all(self, instance):
        while await instance.send():
            pass
