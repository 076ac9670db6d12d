"""What the extraction knows before it reads an article, kept as data files with schemas.

`base` loads the known actors; their files stand in ``actors/``.
"""
