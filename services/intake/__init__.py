"""intake: takes needs in from every channel, and keeps their personal data.

Owns:    cases as registered, contacts, customer data (the vault), imported history
Hears:   CaseClosed, CaseReopened, so that it can refuse to cancel an ended case; and for its customer CaseResolved,
         NodeEntered, NodeStarted, NodeCompleted, NodeReturned, NodeSkipped, ExceptionRaised, ExceptionCleared, ClockStarted,
         ClockWaiting, ClockPaused, ClockResumed, ClockMet, ClockBreached, ClockEnded, ClockCancelled, ClockWithdrawn;
         ProcessPublished, ProcessRetired
Says:    CaseRegistered, InfoSupplied, ContactLogged, CaseCancelled (domain/case.py);
         FactRecorded, FiguresStated (domain/history.py)
Answers: POST /cases, /cases/{id}/contacts, /cases/{id}/fields, /cases/{id}/cancel, /import; GET /cases, /cases/{id};
         DELETE /customers/{ref}/personal, /cases/{id}/personal
"""
