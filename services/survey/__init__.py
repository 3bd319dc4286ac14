"""survey: asks the customer once each time the case ended, and remembers which agent and team the answer is about.

Owns:    invitations, answers, the customers' comments (a vault and an audit of its own)
Hears:   CaseRegistered, CaseAssigned, CaseResolved, CaseReopened, CaseClosed, FactRecorded
Says:    SurveyScheduled, SurveySent, SurveyExpired (alarms.py), SurveyAnswered (domain/survey.py); imported ones (reactions.py)
Answers: GET and POST /s/{token} (the customer's form), GET /invitations (their links), GET /surveys, /surveys/{id}, /reads;
         DELETE /cases/{id}/personal
"""
