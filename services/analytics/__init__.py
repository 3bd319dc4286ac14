"""analytics: keeps every fact of every case and computes from it what analysts read.

Owns:    the measures and their definitions, the projection tables, the views of schema `analytics`
Hears:   every event of topic cases; ProcessPublished, ProcessRetired
Says:    nothing
Answers: GET /measures, GET /cases/{id}/timeline, GET /first-contact-resolution, GET /satisfaction, GET /timeliness,
         GET /workload, GET /outcomes, GET /node-durations, GET /figures, GET /figures/{name}
"""
