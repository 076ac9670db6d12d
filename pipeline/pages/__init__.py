"""Articles with what was found in them as one web page that stands by itself.

`segments.py` cuts a text at its marks, `views.py` says what the page shows of a record,
`page.py` fills the templates in `assets/`.
"""
