"""Beam's SDK workers as processes of ours, which a runner asks for: ``newswire worker``.

Three sorts of processes, each a child of the first:

    pool     loads the model, forks the others, waits for their ends; talks to nobody outside
      door     answers runners (gRPC) and whoever scrapes the metrics (HTTP)
      worker   runs bundles for one runner; one for each that a runner asks for

A worker is forked from a process that has the model, so it is there at once, and shares the
model's memory with the others as long as nobody writes to it. Forking is sound only without
threads and without gRPC: that is why the pool has neither, and the door is a process of its own.
"""
