"""`make demo`: a month of made-up traffic through five real services, and the figures that come out.

shipped (standards) + month (which cases) + walk (what happens to each) -> play (sent, and a few cases live) -> figures.
The same seed always makes the same month; month.py and walk.py are pure.
"""
