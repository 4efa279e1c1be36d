"""What runs inside a measured worker: the Celery app, the task and the probe."""
