"""survey: asks the customer once per resolution, and remembers whom the answer is about.

Owns:    invitations, answers, the customers' comments (a vault of its own)
Hears:   CaseRegistered, CaseAssigned, CaseResolved, CaseReopened, FactRecorded
Says:    SurveySent, SurveyExpired (alarms.py), SurveyAnswered (domain/survey.py); imported ones of all three (reactions.py)
Answers: GET and POST /s/{token} (the customer's form), GET /surveys, /surveys/{id};
         DELETE /cases/{id}/personal
"""
