"""web: the HTTP shell all five services share; it knows no case and no rule.

Around each request: id, trace, log line and security headers (context), counting (metrics), the last net (guard),
    who calls and what is asked (door), how often (limiter), how long (overdue), size (limits); every no is a problem (problems).
For routes:     JSONRoute; require(scope), WaitFor, pages(…), Text, Instant for a question → shown(…), paged(…);
    Body, creates(scope) or changes(scope) for a write → answer(…), respond(…).
For operation:  /healthz, /readyz, /metrics, /openapi.json; WebSettings; create_app(…), serve(…), logs.configure().
Never here:     a business word, SQL, a rule, the time (libs/events/words/now.py has it).
"""
