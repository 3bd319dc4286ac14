"""intake: takes needs in from every channel, and keeps what is personal about them.

Owns:    cases as registered, contacts, customer data (the vault), imported history
Hears:   CaseClosed, CaseReopened, to refuse what an ended case cannot take
Says:    CaseRegistered, ContactLogged, CaseCancelled (domain/case.py); FactRecorded, FiguresStated (domain/history.py)
Answers: POST /cases, /cases/{id}/contacts, /cases/{id}/cancel, /import; GET /cases, /cases/{id};
         DELETE /customers/{ref}/personal, /cases/{id}/personal
"""
