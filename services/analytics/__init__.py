"""analytics: keeps every fact of every case, computes from it what analysts read, and keeps corrections and risks.

Owns:    the measures and their definitions, the projection tables, the views of schema `analytics`; corrections and risks, with
         what people wrote about them (the vault) and the audit of who has read that
Hears:   every event of topic cases; ProcessPublished, ProcessRetired
Says:    CorrectionOpened, CorrectionStarted, CorrectionDone, CorrectionVerified, CorrectionClosed (domain/corrections.py);
         RiskRegistered, RiskAssessed, RiskChecked, RiskClosed (domain/risks.py)
Answers: GET /measures, GET /cases/{id}/timeline, GET /first-contact-resolution, GET /satisfaction, GET /timeliness,
         GET /workload, GET /outcomes, GET /node-durations, GET /figures, GET /figures/{name};
         GET /corrections, /corrections/{id}, /risks, /risks/{id}, /reads; POST /corrections, /corrections/{id}/start,
         /corrections/{id}/done, /corrections/{id}/verify, /corrections/{id}/close, /risks, /risks/{id}/assess,
         /risks/{id}/check, /risks/{id}/close; DELETE /corrections/{id}/personal, /risks/{id}/personal
"""
