# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Doors(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def sleep(self):
        import time

        time.sleep(1)

    @gl.public.view
    def scheduled(self):
        import sched, time

        plan = sched.scheduler(time.time, time.sleep)
        plan.enter(5, 1, print)
        plan.run()

    @gl.public.view
    def lock(self):
        import threading

        lock = threading.Lock()
        lock.acquire()
        lock.acquire()

    @gl.public.view
    def event(self):
        import threading

        threading.Event().wait()

    @gl.public.view
    def queue(self):
        import queue

        queue.Queue().get(timeout=1)

    @gl.public.view
    def select(self):
        import select

        select.select([], [], [], 1)

    @gl.public.view
    def thread(self):
        import threading

        threading.Thread(target=print).start()

    @gl.public.view
    def process(self):
        import subprocess

        subprocess.run(["ls"])

    @gl.public.view
    def workers(self):
        from concurrent.futures import ThreadPoolExecutor

        ThreadPoolExecutor()

    @gl.public.view
    def shell(self):
        import os

        os.system("ls")

    @gl.public.view
    def loop(self):
        import asyncio

        asyncio.run(print())

    @gl.public.view
    def socket(self):
        import socket

        socket.socket()

    @gl.public.view
    def url(self):
        import urllib.request

        urllib.request.urlopen("https://example.org")

    @gl.public.view
    def read(self):
        open("data.txt")

    @gl.public.view
    def write(self):
        open("data.txt", "w")

    @gl.public.view
    def number(self):
        open(0)

    @gl.public.view
    def variable(self):
        import os

        os.environ["HOME"]

    @gl.public.view
    def answer(self):
        input("name")

    @gl.public.view
    def stop(self):
        exit(1)

    @gl.public.view
    def database(self):
        import sqlite3

        sqlite3.connect(":memory:")

    @gl.public.view
    def works(self) -> list:
        import os
        import queue
        import random
        import sys
        import threading
        import time
        import uuid

        line = queue.Queue()
        line.put(7)
        with threading.Lock():
            print("one", flush=True)
        os.write(1, b"two\n")
        sys.stdout.flush()
        same = random.Random(3).random() == random.Random(3).random()
        return [line.get(), os.isatty(1), os.getenv("HOME"), same, len(str(uuid.uuid4())), eval("1 + 1"), time.time() > 0]
