"""routing: keeps the process standards, and walks every case through the nodes of the one pinned to it.

Owns:    process standards, rosters, classification, assignment, nodes, exceptions, escalation, resolution, reopening,
         closing, and what is written with a case's steps (a vault and an audit of its own)
Hears:   CaseRegistered, InfoSupplied, ContactLogged, CustomerConfirmed, CaseCancelled, FactRecorded, ClockBreached
         (reactions.py); for what a node owes RecordAttached; for what is due first also ClockStarted, ClockWaiting,
         ClockPaused, ClockReminded, ClockResumed, ClockWarned, ClockMet, ClockEnded, ClockCancelled, ClockWithdrawn
Says:    ProcessDrafted, ProcessPublished, ProcessRetired (standards/process.py), RosterPublished (people/roster.py),
         CaseClassified, CaseGraded, CaseAssigned (cases/triage.py),
         NodeEntered, NodeStarted, NodeCompleted, NodeReturned (cases/walk.py), NodeAssigned (cases/taking.py, teams/handing.py),
         GateRequested, GateDecided (cases/gates.py), NodeSkipped (cases/skipping.py), NodeProgressed (cases/noting.py),
         ExceptionRaised, ExceptionCleared (cases/trouble.py), CaseEscalated, EscalationAcknowledged (cases/calls.py),
         CaseResolved, CaseReopened, CaseClosed (cases/ending.py)
Answers: GET and POST /rosters, GET /rosters/{team}, /rosters/{team}/versions/{v};
         GET and POST /processes, GET /processes/{id}/versions/{v}, POST /processes/{id}/versions/{v}/publish,
         /processes/{id}/versions/{v}/retire;
         POST /cases/{id}/assign, /cases/{id}/classify, /cases/{id}/grade, /cases/{id}/escalate, /cases/{id}/resolve,
         /cases/{id}/close, /cases/{id}/reopen, /cases/{id}/nodes/{node}/start, /cases/{id}/nodes/{node}/handover,
         /cases/{id}/nodes/{node}/complete, /cases/{id}/nodes/{node}/note, /cases/{id}/nodes/{node}/skip,
         /cases/{id}/nodes/{node}/return, /cases/{id}/nodes/{node}/gates/{gate}/request,
         /cases/{id}/nodes/{node}/gates/{gate}/decide, /cases/{id}/exceptions/{code}/raise,
         /cases/{id}/exceptions/{code}/clear, /cases/{id}/escalations/{number}/acknowledge;
         GET /work, /teams/{team}, /cases/{id}, /cases/{id}/notes, /cases/{id}/words, /reads;
         DELETE /cases/{id}/personal
"""
