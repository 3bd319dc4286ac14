"""intake: takes needs in from every channel, and keeps their personal data.

Owns:    cases as registered, contacts, filled forms, attachments, customer data (the vault), imported history, and like
         routing and survey the audit of who has read what is personal
Hears:   CaseClosed, CaseReopened, by which it tells how a case ended and refuses to cancel an ended one; CaseGraded, by
         which forms ask for less; CaseAssigned, NodeAssigned, CaseEscalated, by which it knows who serves a case; and for
         its customer CaseResolved, NodeEntered, NodeStarted, NodeCompleted, NodeReturned,
         NodeSkipped, ExceptionRaised, ExceptionCleared, ClockStarted, ClockWaiting, ClockPaused, ClockReminded,
         ClockResumed, ClockWarned, ClockMet, ClockBreached, ClockEnded, ClockCancelled, ClockWithdrawn;
         ProcessPublished, ProcessRetired
Says:    CaseRegistered, InfoSupplied, ContactLogged, CaseCancelled (domain/case.py); RecordAttached (domain/record.py);
         CustomerConfirmed (domain/confirmation.py); AttachmentAdded (domain/attachment.py);
         DueChanged (domain/due.py); FactRecorded, FiguresStated (domain/history.py)
Answers: POST /cases, /cases/{id}/contacts, /cases/{id}/fields, /cases/{id}/records, /cases/{id}/confirmations,
         /cases/{id}/attachments, /cases/{id}/due, /cases/{id}/cancel, /import; GET /cases, /cases/{id}, /cases/{id}/records,
         /cases/{id}/attachments, /cases/{id}/attachments/{sha256},
         /cases/{id}/dossier, /cases/{id}/dossier.zip, /reads;
         DELETE /customers/{ref}/personal, /cases/{id}/personal
"""
