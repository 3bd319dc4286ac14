"""Small changes to the five services' rules, one at a time: a test must notice each of them.

`make mutate` draws 200 of them from a seed. Own code, because the libraries that were looked at do not do this: mutmut wraps
functions and leaves tables, properties and everything decorated alone; cosmic-ray starts Python and pytest again for each change.
"""
