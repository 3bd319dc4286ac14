"""The tests of faults share a desk of five services whose processes are struck at exact points, on each log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.desk import Desk, Traffic
from tests.stack.running import started


@pytest.fixture(scope="package", params=["postgres", "kafka"])
def lasting_desk(request: pytest.FixtureRequest, server_folder: Path) -> Iterator[Desk]:
    """Five services on one log, then on the other."""
    with started(Desk(server_folder / f"desk_{request.param}", kafka=request.param == "kafka")) as desk:
        yield desk


@pytest.fixture
def desk(lasting_desk: Desk) -> Iterator[Desk]:
    """The desk, left in order for the next test even when this one failed."""
    yield lasting_desk
    lasting_desk.tidy()


@pytest.fixture
def traffic(desk: Desk) -> Iterator[Traffic]:
    """Cases that keep coming in until the test stops them, or ends."""
    traffic = Traffic(desk)
    traffic.start()
    yield traffic
    traffic.stop()
