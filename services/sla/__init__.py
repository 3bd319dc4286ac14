"""sla: keeps the promises about time.

Owns:    calendars, policies, clocks, breaches; working time; reckonings (tables of its own beside the log)
Hears:   case.registered, case.info_supplied, case.due_changed, case.cancelled, contact.logged, case.classified,
         case.graded, case.assigned, node.entered, node.assigned, node.started, node.completed, node.returned, node.skipped,
         gate.requested, gate.decided, case.exception_raised, case.exception_cleared, case.resolved, case.reopened,
         case.closed; correction.opened, correction.started, correction.verified, correction.closed, risk.registered,
         risk.assessed, risk.checked, risk.closed; process.published (the standards)
Says:    of cases on topic `cases`, of corrections and risks on `quality`: clock.started, clock.paused, clock.reminded,
         clock.resumed, clock.warned, clock.met, clock.breached (domain/breach.py), clock.ended, clock.cancelled,
         clock.waiting, clock.withdrawn, terms.restated; calendar.published, holidays.published, policy.published
Answers: GET /clocks, /clocks/{case}, /clocks/{case}/{clock}/explain, /clocks/{case}/{clock}/history, /waiting, /pauses,
         /breaches, /breaches/feed, /calendars, /calendars/{calendar}, /calendars/{calendar}/versions/{version}, /holidays,
         /holidays/{holidays}/versions/{version}, /policies, /policies/{process}, /policies/{process}/versions/{version},
         /policies/{process}/versions/{version}/restating; POST /calendars, /holidays, /policies,
         /policies/{process}/versions/{version}/restate; GET /reckonings, /reckonings/{id},
         /reckonings/{id}/rows, /reckonings/{id}/summary, /reckonings/{id}/compare/{other}; POST /reckonings,
         /reckonings/{id}/pause, /reckonings/{id}/resume, /reckonings/{id}/cancel
"""
