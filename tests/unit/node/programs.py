"""Programs whose use of processors and memory is known."""

from __future__ import annotations

#: What every program begins with: it says when it is ready, and ends with its standard input.
HELLO = """
import os, sys, threading, time
def ready():
    print(flush=True)
"""

IDLE = "ready(); sys.stdin.read()"
BUSY = "ready()\nwhile True: pass"
BUSY_CHILD = """
if os.fork() == 0:
    ready()
    while True: pass
sys.stdin.read()
"""
#: A child that does nothing, and a parent that works.
WITH_IDLE_CHILD = """
if os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
ready()
while True: pass
"""
FORKS = """
def work(seconds):
    child = os.fork()
    if child == 0:
        while time.process_time() < seconds: pass
        os._exit(0)
    return child
"""
ONE_CHILD_AFTER_ANOTHER = (
    FORKS
    + """
ready()
while True: os.waitpid(work(0.05), 0)
"""
)
ONE_CHILD_BEFORE = (
    FORKS
    + """
os.waitpid(work(0.25), 0)
ready(); sys.stdin.read()
"""
)
#: A child that ends, and another one in its place.
REPLACED = (
    FORKS
    + """
ready()
os.waitpid(work(0.4), 0)
os.waitpid(work(60), 0)
"""
)
PINNED = """
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.fork()
ready()
while True: pass
"""
SLEEPY_THREADS = """
def sleep():
    while True: time.sleep(0.005)
for _ in range(4): threading.Thread(target=sleep, daemon=True).start()
ready(); sys.stdin.read()
"""
#: 40 MB that parent and two children share, and 20 MB that each child has for itself.
SHARING = """
shared = os.urandom(40_000_000)
for _ in range(2):
    if os.fork() == 0:
        own = os.urandom(20_000_000)
        ready()
        sys.stdin.read()
        os._exit(0)
ready(); sys.stdin.read()
"""
