"""service: one service as it runs: opened, asked and closed as one thing.

For routes: a RunningService (running), which executes commands, waits for a Position, has the store, the clock and what is known.
    What is personal in a case is shown to who has the scope and serves it: personal("…"), note(…) (personal); each read is a line
    of the audit (reads), which GET /reads shows (reading).
Around it:  StoreSettings (settings); what is opened in order and closed in reverse (opening); whether it can work (readiness);
    its HTTP app in the shell of libs/web (app).
Never here: a business word, a rule, SQL. What is asked of the kernel's tables is a verb of its store (libs/events/store/port.py).
"""
