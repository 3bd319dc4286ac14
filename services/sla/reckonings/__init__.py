"""Reckonings: jobs beside the log that count the promises of many cases again, by other terms or as of another time.

What is asked for (requests), the job (work), what is kept of it (tables, queries), its HTTP (api). A reckoning counts with the
same functions as live promises do (counting), of many cases in processes of their own (counters), and says nothing on the log.
"""
