"""Which words a picture needs: one field for each, in every language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Braces are filled in by the picture that says the sentence."""

    language: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    units: tuple[str, str, str, str]
    """Day, hour, minute, second."""
    a_date: str
    an_instant: str
    day_and_month: str
    year: str
    stop: str
    no_data: str
    stage: str
    count: str
    of_first: str
    of_previous: str
    stage_share: str
    not_further: str
    from_: str
    to: str
    share: str
    or_more: str
    bar_name: str
    tail: str
    bars_together: str
    service: str
    person: str
    what: str
    length: str
    gaps: str
    lanes_left_out: str
    happenings_left_out: str
    under: str
    nothing_decided: str
    heat_how_to_read: str
    rows_left_out: str
    columns_left_out: str
    figure: str
    since: str
    value: str
    interval: str
    state: str
    provisional: str
    final: str
    goal: str
    series_left_out: str
    points_left_out: str
    versions_left_out: str
    visits: str
    kind: str
    node: str
    steps: str
    median: str
    late_of_decided: str
    steps_before: str
    share_before: str
    median_before: str
    late_before: str
    step_next: str
    step_skip: str
    step_return: str
    step_again: str
    planned: str
    not_planned: str
    was: str
    late_share: str
    part_of: str
    arc_kept: str
    arc_slow: str
    arc_late: str
    arc_dashed: str
    arc_ghost: str
    map_how_to_read: str
    nodes_left_out: str
    arcs_left_out: str
    arcs_unlabelled: str
    clock: str
    due_at: str
    outcome: str
    counted: str
    of_it_late: str
    late: str
    paused: str
    no_working_time: str
    closed_hours: str
    ahead: str
    drawn_together: str
    moments_left_out: str
    due: str
    now: str
    zone: str
    nothing_for: str
    clocks_left_out: str
    step: str
    note: str
    role: str
    key: str
    other_roles: str
    begin: str
    end: str
    key_node: str
    flow_how_to_read: str
    steps_left_out: str
    weekdays: tuple[str, ...]
    month: str
    worked: str
    single_days: str
    expected_day: str
    year_how_to_read: str
    kinds_of_days: Mapping[str, str]

    def sentence(self, text: str) -> str:
        """Return the text with a full stop, so that another sentence may follow."""
        return text if text.endswith((".", "!", "?", "。", "！", "？")) else text + self.stop

    def day_of(self, at: date) -> str:
        """Return the day of the week and the day."""
        return f"{self.days[at.weekday()]} {self.day_of_year(at)}"

    def day_of_year(self, at: date) -> str:
        """Return the day without its year."""
        return self.day_and_month.format(day=at.day, month=self.months[at.month - 1])

    def month_of(self, at: date) -> str:
        """Return the month without its year."""
        return self.months[at.month - 1]

    def year_of(self, at: date) -> str:
        """Return the year."""
        return self.year.format(year=at.year)
