"""The checks, each a pure function of a View that yields sentences."""

from tests.faults.checks.answers import ANSWERS
from tests.faults.checks.numbers import NUMBERS
from tests.faults.checks.promises import PROMISES
from tests.faults.checks.readers import READERS
from tests.faults.checks.tables import TABLES

CHECKS = (*ANSWERS, *NUMBERS, *READERS, *PROMISES, *TABLES)
