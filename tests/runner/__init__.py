"""One suite for every runner: nothing in it may assume which one it is.

Without settings it runs in-process, and on Prism with workers of each sort. With
``NEWSWIRE_TEST_JOB_ENDPOINT`` it runs against that job service alone ("make test-runner"):

- ``NEWSWIRE_TEST_ENVIRONMENT_TYPE``: LOOPBACK (default), EXTERNAL or PROCESS
- ``NEWSWIRE_TEST_ENVIRONMENT_CONFIG``: Beam's environment_config, as in ``localhost:50000``
- ``NEWSWIRE_TEST_FLINK_REST``: Flink's REST address; what needs it is skipped without

Job service and workers are to be on this machine: brokers listen on loopback, and workers are
found among its processes, to be killed.
"""
