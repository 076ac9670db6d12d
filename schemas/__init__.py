"""The Avro schemas of the output topics: the contract with downstream teams.

The folder is installed as the package ``pipeline.schemas`` (``setup.py`` maps it there), so that
`pipeline.serialization.avro` finds the files in a checkout and in a wheel alike.
"""
