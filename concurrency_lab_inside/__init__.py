"""The code inside a measured worker: the Celery app, the tasks and the probe."""
