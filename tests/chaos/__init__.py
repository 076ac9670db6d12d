"""A wire that never pauses, and everything that can break at once: nothing may be lost.

`python -m tests.chaos` (``make chaos``) runs the pipeline as its users do, breaks what it stands
on at random moments, and accounts for every article; `python -m tests.chaos.soak`
(``make soak``) runs it at a steady rate and looks at its memory.

    articles      the numbered articles, their revisions, and those that can't be decoded
    producer      puts them on the wire, and knows which were acknowledged
    supervised    the pipeline, started again whenever it ends, as systemd would
    schedule      which fault comes next, from a seed
    faults        what is broken, and how it is put right
    reading       what is on the topics
    folder        what is in the files
    accounts      what was seen there, as plain data
    invariants    what must hold of it
    sampling      the offsets committed, and then what was written
    run           one run of it all
    report        what is told about it
"""
